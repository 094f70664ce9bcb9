"""Questions over HTTP: one customer, all who match a filter, whom new definitions would move.

Decides paths, bodies and statuses. What comes back of a question to all is a stream of lines, see
``streams.engine.scan``; a partition without a last line did not answer. It does not know how answers are found.

    GET  /customers/{id}   what is remembered of a customer; the id in URL encoding
    POST /find             {"filter": …, "columns": […], "limit": 10, "partitions": [0, 1]}
    POST /preview          {"definitions": …, "events": …, "partitions": [0, 1]}
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import msgspec

from streams.domain.definitions import DefinitionError
from streams.domain.filters import Vocabulary
from streams.domain.instants import format_instant
from streams.domain.state import NEW_CUSTOMER
from streams.engine.answers import Answers
from streams.engine.errors import StoreFailed
from streams.engine.questions import Find, Preview, Question
from streams.engine.scanner import Busy, Write
from streams.gateway.customer_document import customer_document
from streams.gateway.page import Page

_CUSTOMERS = "/customers/"
_QUESTIONS: dict[str, type[Question]] = {"/find": Find, "/preview": Preview}
_STUCK = "the worker does not come round to answering"
PATHS = (_CUSTOMERS + "{id}", *_QUESTIONS)


class _Where(msgspec.Struct):
    partitions: frozenset[int] | None = None


class Questions:
    """Answers what is asked. For any thread but the event loop's."""

    def __init__(
        self, answers: Answers, partition_of: Callable[[str], int], vocabulary: Callable[[], Vocabulary]
    ) -> None:
        self._answers = answers
        self._partition_of = partition_of
        self._vocabulary = vocabulary

    def customer(self, path: str) -> Page | None:
        """The page of a customer; ``None`` if the path is of no customer."""
        quoted = path.removeprefix(_CUSTOMERS)
        if quoted == path or not quoted:
            return None
        customer = unquote(quoted)
        number = self._partition_of(customer)
        try:
            known = self._answers.customer(number, customer)
        except TimeoutError:
            return _no(HTTPStatus.SERVICE_UNAVAILABLE, _STUCK)
        if known is None:
            away = f"partition {number}, on which this customer stands, is not in service here"
            return _no(HTTPStatus.SERVICE_UNAVAILABLE, away, partition=number)
        if known.state is NEW_CUSTOMER:
            return _no(HTTPStatus.NOT_FOUND, "nothing is known of this customer", customer_id=customer)
        where = {"customer_id": customer, "partition": number, "now": format_instant(known.now)}
        return _json(HTTPStatus.OK, where | customer_document(known.state))

    def ask(self, path: str, body: bytes, write: Write) -> Page | None:
        """Write the answers to a question; or say why there are none."""
        kind = _QUESTIONS.get(path)
        if kind is None:
            return _no(HTTPStatus.NOT_FOUND, f"questions go to {' or '.join(_QUESTIONS)}")
        vocabulary = self._vocabulary()
        try:
            question = msgspec.json.decode(body, type=kind)
            partitions = msgspec.json.decode(body, type=_Where).partitions
            question.begin(vocabulary)
            self._answers.scan(question, vocabulary, partitions, write)
        except (msgspec.MsgspecError, DefinitionError) as wrong:
            return _refused(wrong)
        except (Busy, TimeoutError, StoreFailed) as hindrance:
            return _hindered(hindrance)
        return None


def _refused(wrong: msgspec.MsgspecError | DefinitionError) -> Page:
    faults = [fault._asdict() for fault in wrong.faults] if isinstance(wrong, DefinitionError) else []
    return _no(HTTPStatus.BAD_REQUEST, str(wrong), faults=faults)


def _hindered(hindrance: Busy | TimeoutError | StoreFailed) -> Page:
    if isinstance(hindrance, StoreFailed):
        return _no(HTTPStatus.INTERNAL_SERVER_ERROR, str(hindrance))
    busy = isinstance(hindrance, Busy)
    return _no(HTTPStatus.SERVICE_UNAVAILABLE, "other questions come first" if busy else _STUCK)


def _no(status: HTTPStatus, reason: str, **more: Any) -> Page:
    return _json(status, {"error": reason, **more})


def _json(status: HTTPStatus, document: object) -> Page:
    return Page(status, "application/json", msgspec.json.encode(document))
