"""How far behind a worker is: in records, in seconds, in deadlines, and in customers under changed definitions.

Looks once a second and changes nothing.
"""

import asyncio
import time

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
        serving = dict(processor.ownership.serving)
        for number in shown - serving.keys():
            caught_up.pop(number, None)
            _forget(number, metrics)
        for partition in serving.values():
            _lag(partition, intake, metrics, caught_up)
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


def _lag(partition: Partition, intake: Intake, metrics: Metrics, caught_up: dict[int, float]) -> None:
    """Records between the applied position and the end that the client last heard of, if it has heard of one."""
    waiting = 0
    for topic, position in partition.positions.items():
        end = intake.ends.get((topic, partition.number))
        if end is None:
            return
        waiting += max(0, end - position)
    number, now = partition.number, time.time()
    if not waiting:
        caught_up[number] = now
    age = behind_seconds(now, partition.last_written / 1000, caught_up.get(number, 0.0))
    metrics.lag_records.labels(str(number)).set(waiting)
    metrics.lag_seconds.labels(str(number)).set(age if waiting else 0.0)
