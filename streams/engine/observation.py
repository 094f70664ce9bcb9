"""How far behind a worker is: in records, in seconds, and in deadlines. Looks once a second and changes nothing."""

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
    while True:
        serving = dict(processor.ownership.serving)
        for number in shown - serving.keys():
            _forget(number, metrics)
        for partition in serving.values():
            _lag(partition, intake, metrics)
            overdue = processor.overdue_seconds(partition)
            metrics.overdue.labels(str(partition.number)).set(overdue)
        shown = set(serving)
        await asyncio.sleep(_EVERY_SECONDS)


def _forget(number: int, metrics: Metrics) -> None:
    """Show nothing of a partition that went away: whoever has it now does."""
    for gauge in (metrics.lag_records, metrics.lag_seconds, metrics.overdue):
        gauge.remove(str(number))


def _lag(partition: Partition, intake: Intake, metrics: Metrics) -> None:
    """Records between the applied position and the end that the client last heard of, if it has heard of one."""
    waiting = 0
    for topic, position in partition.positions.items():
        end = intake.ends.get((topic, partition.number))
        if end is None:
            return
        waiting += max(0, end - position)
    number = str(partition.number)
    metrics.lag_records.labels(number).set(waiting)
    age = time.time() - partition.last_written / 1000 if waiting and partition.last_written else 0.0
    metrics.lag_seconds.labels(number).set(max(0.0, age))
