"""What a worker knows of its customers, for those who ask from other threads.

Decides that a state is looked up on the event loop, as the work in progress sees it, and that everybody is looked for
in what is stored. It does not know how questions arrive.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, TypeVar

from streams.domain.filters import Vocabulary
from streams.domain.instants import Instant
from streams.domain.state import CustomerState
from streams.engine.ownership import Ownership
from streams.engine.partition import Partition
from streams.engine.questions import Question
from streams.engine.scanner import Asked, Scanner, Write

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 10.0
_NOTHING_YET = Instant(0)
"""The reading of a stream clock that has none: then there is nobody whom it could matter to."""

_T = TypeVar("_T")


class Known(NamedTuple):
    """One customer, and the reading of the clock of the customer's partition."""

    state: CustomerState
    now: Instant


class Answers:
    """Asks the partitions in service. For any thread but the event loop's; raises ``TimeoutError`` if that is stuck."""

    def __init__(
        self,
        ownership: Ownership,
        clock: Callable[[Partition], Instant | None],
        loop: asyncio.AbstractEventLoop,
        scanner: Scanner,
    ) -> None:
        self._ownership = ownership
        self._clock = clock
        self._loop = loop
        self._scanner = scanner

    def customer(self, number: int, customer: str) -> Known | None:
        """A customer of a partition; ``None`` if the partition is not in service here."""

        def look() -> Known | None:
            partition = self._ownership.serving.get(number)
            return None if partition is None else Known(partition.peek(customer), self._now(partition))

        return self._on_the_loop(look)

    def scan(
        self, question: Question, vocabulary: Vocabulary, numbers: Collection[int] | None, write: Write
    ) -> None:
        """Put a question to all customers of partitions, or of all in service; see ``Scanner``. Raises ``Busy``."""

        def look() -> Mapping[int, Asked]:
            serving = self._ownership.serving
            chosen = [number for number in sorted(serving) if numbers is None or number in numbers]
            return {number: Asked(serving[number].store, self._now(serving[number])) for number in chosen}

        self._scanner.scan(question, vocabulary, self._on_the_loop(look), write)

    def _now(self, partition: Partition) -> Instant:
        return self._clock(partition) or _NOTHING_YET

    def _on_the_loop(self, look: Callable[[], _T]) -> _T:
        async def looked() -> _T:
            return look()

        return asyncio.run_coroutine_threadsafe(looked(), self._loop).result(_PATIENCE_SECONDS)
