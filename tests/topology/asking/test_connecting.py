"""One request to a worker, and what may go wrong with it."""

import pytest

from deploy.kafka.ports import free_port
from tests.topology.asking.worker import Reply, worker
from topology.asking.connecting import NoAnswer, request
from topology.asking.workers import Holder


def asked(holder: Holder, *, may_lack: bool = False) -> bytes:
    """The whole answer."""
    with request(holder, "/x", timeout=10, may_lack=may_lack) as answer:
        return answer.read()


def test_an_answer_is_read_below_the_address() -> None:
    """Also where a worker stands behind a path, as at a proxy."""
    with worker(lambda _path, _body: (200, [b"yes"])) as one:
        assert asked(one.holder._replace(address=f"{one.holder.address}/one/")) == b"yes"
        assert one.asked == [("/one/x", None)]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((503, [{"error": "other questions come first"}]), "other questions come first"),
        ((500, [b"oh"]), "it says 500 Internal Server Error"),
        ((404, [b"/metrics, /ready or /ping"]), "it says 404 Not Found"),
        ((400, [[]]), "it says 400 Bad Request"),
    ],
)
def test_a_refusal_is_no_answer(reply: Reply, words: str) -> None:
    """In the worker's words if it has any."""
    with worker(lambda _path, _body: reply) as one, pytest.raises(NoAnswer, match=words):
        asked(one.holder)


def test_what_may_be_lacking_is_an_answer() -> None:
    """Where 404 says something, it is handed on."""
    with worker(lambda _path, _body: (404, [b"no"])) as one:
        assert asked(one.holder, may_lack=True) == b"no"


def test_nobody_there_is_no_answer() -> None:
    """With the reason."""
    with pytest.raises(NoAnswer, match=r"it does not answer .*refused"):
        asked(Holder(f"http://127.0.0.1:{free_port()}", "127.0.0.1"))
