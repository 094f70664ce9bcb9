"""How far behind a worker is: in records, in seconds, in deadlines, and in customers under changed definitions.

Looks once a second and changes nothing.
"""

import asyncio
import time
from collections.abc import Mapping

from streams.engine.deliveries import Place
from streams.engine.intake import Intake
from streams.engine.metrics import Metrics
from streams.engine.partition import Partition
from streams.engine.processor import Processor

_EVERY_SECONDS = 1.0


async def observe(processor: Processor, intake: Intake, metrics: Metrics) -> None:
    """Keep the gauges up to date until cancelled."""
    shown: set[int] = set()
    caught_up: dict[int, float] = {}
    while True:
        told = {place: end.offset for place, end in processor.ends.known().items()}
        serving = dict(processor.ownership.serving)
        for number in shown - serving.keys():
            caught_up.pop(number, None)
            _forget(number, metrics)
        for partition in serving.values():
            waiting = _waiting(partition, told, intake)
            if waiting is not None:
                _lag(partition, waiting, metrics, caught_up)
            overdue = processor.overdue_seconds(partition)
            metrics.overdue.labels(str(partition.number)).set(overdue)
            metrics.storm.labels(str(partition.number)).set(partition.storms)
            remaining = processor.background.remaining(partition)
            metrics.sweep_remaining.labels(str(partition.number)).set(remaining)
        shown = set(serving)
        await asyncio.sleep(_EVERY_SECONDS)


def _forget(number: int, metrics: Metrics) -> None:
    """Show nothing of a partition that went away: whoever has it now does."""
    each = metrics.lag_records, metrics.lag_seconds, metrics.overdue, metrics.storm, metrics.sweep_remaining
    for gauge in each:
        gauge.remove(str(number))


def behind_seconds(now: float, last_written: float, caught_up: float) -> float:
    """How long the oldest record that waits may have waited, all in seconds since 1970, 0 for never.

    It was written after the last record applied, and after the last time that none waited: an idle hour is no lag.
    """
    known = max(last_written, caught_up)
    return max(0.0, now - known) if known else 0.0


def _waiting(partition: Partition, told: Mapping[Place, int], intake: Intake) -> int | None:
    """Records between the applied position and the end that anybody has heard of; none if nobody has.

    A client that fetches no more would not know of them.
    """
    waiting = 0
    for topic, position in partition.positions.items():
        place = topic, partition.number
        end = max(intake.ends.get(place, -1), told.get(place, -1))
        if end < 0:
            return None
        waiting += max(0, end - position)
    return waiting


def _lag(partition: Partition, waiting: int, metrics: Metrics, caught_up: dict[int, float]) -> None:
    number, now = partition.number, time.time()
    if not waiting:
        caught_up[number] = now
    age = behind_seconds(now, partition.last_written / 1000, caught_up.get(number, 0.0))
    metrics.lag_records.labels(str(number)).set(waiting)
    metrics.lag_seconds.labels(str(number)).set(age if waiting else 0.0)
