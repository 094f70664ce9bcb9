"""Poison: records and deadlines at which our own code breaks, told apart from everything around them.

The first time, the whole unit of work is dropped. When the record is read again it is parked and not applied; of a
customer whose deadline breaks, the deadlines stay in the due index, where they show as overdue. After a few of them the
fault is not the record's, and the worker stops. It does not know what is done with what is parked.
"""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from streams.engine.errors import ConfigurationError, StoreFailed
from streams.engine.metrics import Metrics

logger = logging.getLogger(__name__)


class Place(NamedTuple):
    """Where a record stands."""

    topic: str
    partition: int
    offset: int


class Poisoned(Exception):  # noqa: N818 -- says what happened
    """Something broke our own code and is noted; what was half done must be dropped, then work goes on."""


class TooMuchPoison(Exception):  # noqa: N818 -- says what happened
    """More broke than may: the worker must stop."""


class Poison:
    """What broke since the worker started. For the event loop's thread only."""

    def __init__(self, most: int, metrics: Metrics) -> None:
        self.records: dict[Place, str] = {}
        """Tracebacks, by record."""
        self.customers: dict[str, str] = {}
        """Tracebacks, by customer whose deadline broke."""
        self._most = most
        self.metrics = metrics

    @contextmanager
    def noted(self, culprit: Callable[[], Place | str]) -> Iterator[None]:
        """Note what breaks inside; ``culprit`` tells what was being applied.

        Raises ``Poisoned``, or ``TooMuchPoison`` when more broke than may.
        """
        try:
            yield
        except (ConfigurationError, StoreFailed):
            raise
        except Exception as failure:  # whatever a record does to us, those behind it must go on
            self._note(culprit(), "".join(traceback.format_exception(failure)))
            raise Poisoned from failure

    def _note(self, culprit: Place | str, trace: str) -> None:
        if isinstance(culprit, Place):
            self.records[culprit] = trace
            kind, named = "record", f"the record {'-'.join(map(str, culprit))}"
        else:
            self.customers[culprit] = trace
            kind, named = "deadline", f"the deadline of customer {culprit}"
        self.metrics.poison.labels(kind).inc()
        logger.error("%s breaks Tidemark; it is parked, please report it:\n%s", named, trace)
        found = len(self.records) + len(self.customers)
        if found > self._most:
            raise TooMuchPoison(
                f"{found} records or deadlines broke Tidemark, more than TIDEMARK_POISON_LIMIT ({self._most}) allows: "
                "see their tracebacks above; they are read again by the next start"
            )
