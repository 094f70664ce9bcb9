"""Questions to a worker, over real HTTP."""

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from streams.engine.answers import Answers
from streams.engine.images import Images
from streams.engine.metrics import Metrics
from streams.engine.partition import Partition
from streams.engine.questions import Question
from streams.engine.scanner import Busy, Scanner, Write
from streams.engine.state_store import StateStore
from streams.gateway.probes import Probes, Readiness, Served
from streams.gateway.questions import Questions
from tests.engine.asking import OFTEN, VOCABULARY, opened

HERE, ELSEWHERE = 1, 0
VISITS = {"a": 1, "b": 3, "ź/ü %2F?#": 5, "..": 7}


class Asked(NamedTuple):
    """A worker's pages."""

    answers: Answers
    probes: Probes

    def ask(self, path: str, body: object = None) -> tuple[int, bytes]:
        """Status and body of an answer; with a body it is a POST, of JSON unless it is bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.probes.port, timeout=30)
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("GET" if body is None else "POST", path, sent)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def document(self, path: str, body: object = None) -> tuple[int, Any]:
        """Status, and the body as JSON."""
        status, found = self.ask(path, body)
        return status, json.loads(found)

    def lines(self, path: str, body: object) -> list[dict[str, Any]]:
        """The lines of a good answer."""
        status, found = self.ask(path, body)
        assert status == 200, found
        return [json.loads(line) for line in found.splitlines()]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    """Customers, and how often they visited."""
    made = opened(tmp_path / "1", VISITS)
    yield made
    made.close()


@pytest.fixture
def asked(store: StateStore, loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Asked]:
    """A worker with one of two partitions; ids that begin with an x stand on the other one."""
    serving = SimpleNamespace(serving={HERE: Partition(HERE, store)})
    answers = Answers(serving, lambda its: its.clock, loop, Scanner(Images(tmp_path / "images")))  # type: ignore[arg-type]  # all that is asked of it
    questions = Questions(answers, lambda who: ELSEWHERE if who.startswith("x") else HERE, lambda: VOCABULARY)
    probes = Probes("127.0.0.1", 0)
    probes.start(Served(Metrics().registry, lambda: Readiness(ready=True, detail={}), questions))
    yield Asked(answers, probes)
    probes.stop()


@pytest.mark.parametrize("customer", VISITS)
def test_a_customer_is_shown_whatever_the_id(asked: Asked, customer: str) -> None:
    """The id is quoted as a whole, slashes and all."""
    status, found = asked.document(f"/customers/{quote(customer, safe='')}")
    assert status == 200
    assert (found["customer_id"], found["partition"], found["now"]) == (
        customer,
        HERE,
        "1970-01-01T00:00:00Z",
    )
    assert found["occurrences"]["visit"]["count"] == VISITS[customer]


def test_of_a_stranger_nothing_is_known(asked: Asked) -> None:
    """404, in words, with the id that was asked for."""
    status, found = asked.document("/customers/no%2Fbody")
    assert status == 404
    assert found == {"error": "nothing is known of this customer", "customer_id": "no/body"}


def test_a_customer_who_stands_elsewhere_is_not_unknown(asked: Asked) -> None:
    """503, for another worker will know."""
    status, found = asked.document("/customers/x-1")
    assert status == 503
    assert found["partition"] == ELSEWHERE
    assert "not in service here" in found["error"]


def test_all_who_match_are_found(asked: Asked) -> None:
    """Customers first, then what was counted in the partition."""
    question = {"filter": OFTEN, "columns": ["events.visit.count"], "limit": None, "partitions": [0, 1]}
    assert asked.lines("/find", question) == [
        {"customer_id": "..", "events.visit.count": 7},
        {"customer_id": "b", "events.visit.count": 3},
        {"customer_id": "ź/ü %2F?#", "events.visit.count": 5},
        {"partition": 1, "customers": 4, "matched": 3, "at": "1970-01-01T00:00:00Z", "done": True},
    ]


def test_partitions_that_are_elsewhere_do_not_answer(asked: Asked) -> None:
    """A good answer without a line."""
    assert asked.lines("/find", {"partitions": [ELSEWHERE]}) == []


def test_new_definitions_are_previewed(asked: Asked) -> None:
    """With events of their own, which need not be those that are live."""
    body = {"kind": "segment", "id": "often", "filter": OFTEN}
    question = {"definitions": [["segment", "often", 1, body]], "events": {"visit": [{}, True]}}
    (said,) = asked.lines("/preview", question)
    assert said["segments"] == {"often": {"before": 0, "after": 3, "entered": 3, "left": 0}}


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/find", b"{", 400, "truncated"),
        ("/find", {"limit": "ten"}, 400, "Expected `int | null`"),
        ("/find", {"partitions": 3}, 400, "Expected `array | null`"),
        ("/find", {"filter": {"events.vist.count": {"conditions": {"$is": [1]}}}}, 400, "a defined event"),
        ("/preview", {"events": {}}, 400, "missing required field `definitions`"),
        ("/ask", {}, 404, "/find or /preview"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_words(
    asked: Asked, path: str, body: object, status: int, words: str
) -> None:
    """Before anybody is looked at."""
    found = asked.document(path, body)
    assert found[0] == status
    assert words in found[1]["error"]


def test_faults_of_a_filter_are_told_one_by_one(asked: Asked) -> None:
    """With path, expectation and hint, for programs."""
    _, found = asked.document("/find", {"filter": {"events.vist.count": {"conditions": {"$is": [1]}}}})
    (fault,) = found["faults"]
    assert (fault["path"], fault["hint"]) == (["events.vist.count"], "did you mean visit?")


@pytest.mark.parametrize("length", ["", "many", str(1 << 30)])
def test_a_body_without_a_sensible_length_is_not_read(asked: Asked, length: str) -> None:
    """A question is bounded, whoever asks."""
    connection = http.client.HTTPConnection("127.0.0.1", asked.probes.port, timeout=30)
    connection.putrequest("POST", "/find")
    if length:
        connection.putheader("Content-Length", length)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_worker_that_looks_into_other_questions_says_so(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503: it may be asked again."""

    def busy(_question: Question, *_: object) -> None:
        raise Busy

    monkeypatch.setattr(asked.answers, "scan", busy)
    assert asked.document("/find", {}) == (503, {"error": "other questions come first"})


def test_an_answer_that_breaks_off_has_begun_well(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first line there is no other status to give: what is missing tells."""

    def fails(_question: Question, _vocabulary: object, _numbers: object, write: Write) -> None:
        write(b'{"customer_id":"a"}\n')
        raise Busy

    monkeypatch.setattr(asked.answers, "scan", fails)
    assert asked.ask("/find", {}) == (200, b'{"customer_id":"a"}\n')
