"""A worker that sweeps in the smallest steps, and kills or freezes itself: ``python -m tests.chaos.sweeping_worker …``.

It takes the words of ``faulty_worker``, and is that worker in everything else.
"""

import signal
import sys
from collections.abc import Container
from unittest.mock import patch

from streams.engine import background
from streams.engine.partition import Partition
from streams.engine.sweeping import Slice
from streams.engine.transactions import Step
from tests.chaos import faulty_worker

SMALL_UNITS = {"TIDEMARK_TRANSACTION_RECORDS": "1"}
"""Each step of a sweep is committed by itself."""


def sweeping(number: signal.Signals, step: Step, *nth: int) -> tuple[str, ...]:
    """The command that starts such a worker."""
    return sys.executable, "-m", "tests.chaos.sweeping_worker", number.name, step, *map(str, nth)


def smallest(partition: Partition, until: float, parked: Container[str]) -> Slice:
    """A slice that ends at its first look at the clock."""
    return Slice(partition, min(until, 0.0), parked)


if __name__ == "__main__":
    with patch.object(background, "Slice", smallest):
        faulty_worker.main(*sys.argv[1:])
