"""The worker's pages, over real HTTP."""

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.engine.errors import ConfigurationError
from streams.engine.metrics import Metrics
from streams.gateway.probes import Probes, Readiness, Served


class Watched:
    """A worker as its pages see it."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.state = Readiness(ready=False, detail={"joined": False, "serving": []})
        self.probes = Probes("127.0.0.1", 0)
        self.probes.start(Served(self.metrics.registry, lambda: self.state))

    def get(self, path: str, method: str = "GET") -> tuple[int, str, bytes]:
        """Status, content type and body of a page."""
        host, _, port = self.probes.address.removeprefix("http://").partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request(method, path)
        answer = connection.getresponse()
        found = answer.status, answer.headers["Content-Type"], answer.read()
        connection.close()
        return found

    def ready(self) -> tuple[int, Any]:
        """Status and content of /ready."""
        status, _, body = self.get("/ready")
        return status, json.loads(body)


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Pages on a free port."""
    made = Watched()
    yield made
    made.probes.stop()


def test_the_metrics_are_in_the_format_of_prometheus(watched: Watched) -> None:
    """Prometheus' own parser reads the page and finds what was counted."""
    watched.metrics.duplicates.inc(3)
    status, kind, body = watched.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(body.decode())}
    assert (status, kind.partition(";")[0]) == (200, "text/plain")
    assert [s.value for s in families["tidemark_events_duplicate"].samples if s.name.endswith("_total")] == [
        3
    ]


def test_a_worker_that_is_not_ready_says_what_it_waits_for(watched: Watched) -> None:
    """The status keeps traffic and roll-outs waiting, the body tells a person why."""
    assert watched.ready() == (503, {"ready": False, "joined": False, "serving": []})


def test_readiness_follows_the_worker(watched: Watched) -> None:
    """The page shows what is true when it is asked for."""
    watched.state = Readiness(ready=True, detail={"joined": True, "serving": [0, 3]})
    assert watched.ready() == (200, {"ready": True, "joined": True, "serving": [0, 3]})
    watched.state = Readiness(ready=False, detail={"joined": True, "serving": [0]})
    assert watched.ready()[0] == 503


def test_a_ping_is_answered_whatever_the_state(watched: Watched) -> None:
    """The process lives, that is all a ping asks."""
    assert watched.get("/ping") == (200, "text/plain", b"pong")


@pytest.mark.parametrize("path", ["/", "/metric", "/ready/now", "/../metrics"])
def test_other_pages_are_not_there(watched: Watched, path: str) -> None:
    """An unknown path is answered with those that exist."""
    assert watched.get(path) == (404, "text/plain", b"/metrics, /ready or /ping")


def test_without_questions_nothing_can_be_asked(watched: Watched) -> None:
    """Neither about one customer nor about all."""
    assert watched.get("/customers/c-42")[0] == 404
    assert watched.get("/find", "POST")[0] == 404


def test_the_address_is_known_before_anything_is_served(watched: Watched) -> None:
    """Whoever comes too early waits until there is something to serve."""
    early = Probes("127.0.0.1", 0)
    with socket.create_connection(("127.0.0.1", early.port), timeout=10) as caller:
        caller.sendall(b"GET /ping HTTP/1.0\r\n\r\n")
        early.start(Served(watched.metrics.registry, lambda: watched.state))
        assert caller.makefile("rb").read().endswith(b"pong")
    early.stop()


def test_a_server_that_never_served_can_be_stopped() -> None:
    """As when the worker behind it could not be made."""
    Probes("127.0.0.1", 0).stop()


def test_a_query_is_no_part_of_the_path(watched: Watched) -> None:
    """Probes that add a query reach the same page."""
    assert watched.get("/ping?from=probe")[0] == 200


def test_many_may_ask_at_once(watched: Watched) -> None:
    """A probe that is slow to read holds nobody up."""
    host, _, port = watched.probes.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10), ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(watched.get, ["/ping", "/metrics", "/ready"] * 8))
    assert [status for status, _, _ in answers] == [200, 200, 503] * 8


def test_a_port_that_is_taken_is_the_operators_to_mend(watched: Watched) -> None:
    """The refusal names the address and the setting."""
    host, _, port = watched.probes.address.removeprefix("http://").partition(":")
    with pytest.raises(ConfigurationError, match=rf"{host}:{port} .* set TIDEMARK_HTTP_PORT to a free port"):
        Probes(host, int(port))


def test_a_stopped_server_is_gone() -> None:
    """After ``stop`` nobody answers, and the port is free."""
    watched = Watched()
    watched.probes.stop()
    with pytest.raises(ConnectionRefusedError):
        watched.get("/ping")
