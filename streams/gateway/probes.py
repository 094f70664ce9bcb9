"""The worker's own pages: /metrics for Prometheus, /ready and /ping for whoever watches the process.

Decides what is ready: joined, and everything owned in service. Served by threads, so that the pages answer while the
event loop works. Knows nothing of what the metrics mean.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streams.engine.errors import ConfigurationError


class Readiness(NamedTuple):
    """Whether the worker serves, and what it waits for if not."""

    ready: bool
    detail: dict[str, Any]


class Page(NamedTuple):
    """One answer."""

    status: HTTPStatus
    content_type: str
    body: bytes


def answer(path: str, registry: CollectorRegistry, readiness: Callable[[], Readiness]) -> Page:
    """The page at ``path``."""
    match path.partition("?")[0]:
        case "/metrics":
            return Page(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry))
        case "/ready":
            state = readiness()
            status = HTTPStatus.OK if state.ready else HTTPStatus.SERVICE_UNAVAILABLE
            return Page(
                status, "application/json", json.dumps({"ready": state.ready, **state.detail}).encode()
            )
        case "/ping":
            return Page(HTTPStatus.OK, "text/plain", b"pong")
        case _:
            return Page(HTTPStatus.NOT_FOUND, "text/plain", b"/metrics, /ready or /ping")


class Probes:
    """The server of the pages. Raises ``ConfigurationError`` if the port is taken."""

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, readiness: Callable[[], Readiness]
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = answer(self.path, registry, readiness)
                self.send_response(page.status)
                self.send_header("Content-Type", page.content_type)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
                """Say nothing: probes come every few seconds."""

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as taken:
            raise ConfigurationError(
                f"the pages cannot be served at {host}:{port} ({taken.strerror}): "
                "set TIDEMARK_HTTP_PORT to a free port, or to 0"
            ) from taken
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="probes", daemon=True)

    @property
    def address(self) -> str:
        """Where the pages are."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
