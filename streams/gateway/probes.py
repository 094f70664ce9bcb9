"""The worker's own pages: /metrics for Prometheus, /ready and /ping for whoever watches the process, and questions.

Decides what is ready: joined, and everything owned in service. Served by threads, so that the pages answer while the
event loop works. Knows nothing of what the metrics mean, nor of what is asked.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streams.engine.errors import ConfigurationError
from streams.gateway.page import Page
from streams.gateway.questions import PATHS, Questions

_REQUEST_SECONDS = 30.0
"""How long a request may take to arrive."""
_READER_SECONDS = 900.0
"""How long somebody may read nothing of a long answer, as with a pager."""
_LARGEST_QUESTION = 64 << 20
_PAGES = "/metrics, /ready or /ping"


class Readiness(NamedTuple):
    """Whether the worker serves, and what it waits for if not."""

    ready: bool
    detail: dict[str, Any]


class Served(NamedTuple):
    """What the pages are about."""

    registry: CollectorRegistry
    readiness: Callable[[], Readiness]
    questions: Questions | None = None
    """Without it nothing can be asked."""


def answer(path: str, served: Served) -> Page:
    """The page at ``path``."""
    path = path.partition("?")[0]
    match path:
        case "/metrics":
            return Page(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(served.registry))
        case "/ready":
            state = served.readiness()
            status = HTTPStatus.OK if state.ready else HTTPStatus.SERVICE_UNAVAILABLE
            return Page(
                status, "application/json", json.dumps({"ready": state.ready, **state.detail}).encode()
            )
        case "/ping":
            return Page(HTTPStatus.OK, "text/plain", b"pong")
    found = served.questions.customer(path) if served.questions else None
    return found or _nothing(served)


def _nothing(served: Served) -> Page:
    asked = "".join(f", {path}" for path in PATHS) if served.questions else ""
    return Page(HTTPStatus.NOT_FOUND, "text/plain", f"{_PAGES}{asked}".encode())


class _Handler(BaseHTTPRequestHandler):
    served: Served
    timeout = _REQUEST_SECONDS

    def do_GET(self) -> None:
        self._send(answer(self.path, self.served))

    def do_POST(self) -> None:
        length, questions = self.headers.get("Content-Length", ""), self.served.questions
        if questions is None:
            self._send(_nothing(self.served))
        elif not length.isdigit() or int(length) > _LARGEST_QUESTION:
            least = f"a Content-Length of at most {_LARGEST_QUESTION} is expected"
            self._send(Page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "text/plain", least.encode()))
        else:
            self._ask(questions, self.rfile.read(int(length)))

    def _ask(self, questions: Questions, body: bytes) -> None:
        begun = False

        def write(lines: bytes) -> None:
            nonlocal begun
            if not begun:
                begun = True
                self.connection.settimeout(_READER_SECONDS)
                self._begin(HTTPStatus.OK, "application/x-ndjson")
            self.wfile.write(lines)

        try:
            refusal = questions.ask(self.path, body, write)
            if refusal is not None and not begun:
                self._send(refusal)
            else:
                write(b"")
        except OSError:  # whoever asked does not listen any more
            self.close_connection = True

    def _send(self, page: Page) -> None:
        self._begin(page.status, page.content_type, len(page.body))
        self.wfile.write(page.body)

    def _begin(self, status: HTTPStatus, content_type: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Say nothing: probes come every few seconds."""


class Probes:
    """The server of the pages, which has its address before there is anything to serve.

    Raises ``ConfigurationError`` if the port is taken.
    """

    def __init__(self, host: str, port: int) -> None:
        class Handler(_Handler):
            pass

        self._handler = Handler
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

    @property
    def port(self) -> int:
        """The port of that."""
        return int(self._server.server_address[1])

    def start(self, served: Served) -> None:
        """Serve."""
        self._handler.served = served
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
