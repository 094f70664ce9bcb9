"""How far behind a worker is, as its gauges show it."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import Gauge

from streams.domain.instants import Instant
from streams.engine.observation import behind_seconds, observe
from tests.engine.cluster import Cluster
from tests.engine.shell import Counting, Installed, Shell

pytestmark = pytest.mark.broker


def shown(gauge: Gauge) -> dict[str, float]:
    """The values of a gauge by partition."""
    (metric,) = gauge.collect()
    return {sample.labels["partition"]: sample.value for sample in metric.samples}


@pytest.mark.parametrize(
    ("last_written", "caught_up", "seconds"),
    [(90, 0, 10), (90, 40, 10), (40, 97, 3), (0, 0, 0), (0, 90, 10), (110, 0, 0)],
    ids=[
        "behind",
        "behind again",
        "after an idle while",
        "nothing applied",
        "first record ever",
        "clock ahead",
    ],
)
def test_how_long_a_record_may_have_waited(last_written: float, caught_up: float, seconds: float) -> None:
    """No longer than since the last one was applied, and no longer than since there was none, both at second 100."""
    assert behind_seconds(100, last_written, caught_up) == seconds


def test_the_gauges_follow_the_worker(cluster: Cluster, tmp_path: Path) -> None:
    """What waits is shown for each partition in service, and for no other: records, deadlines, customers to decide."""
    installed = Installed(cluster, tmp_path)
    cluster.write(installed.events, 0, [(b"c", b"10000")] * 5)
    decisions = Counting(installed.outputs)
    shell = Shell(installed, decisions)
    shell.disturb = lambda _: ()
    metrics = shell.metrics

    async def watch() -> None:
        async with shell.running():
            watching = asyncio.create_task(observe(shell.processor, shell.intake, metrics))
            await shows(shell, lambda: shown(metrics.lag_records) == {"0": 5, "1": 0})
            assert shown(metrics.lag_seconds) == {"0": 0, "1": 0}
            shell.disturb = lambda batch: (batch,)
            await shows(shell, lambda: shown(metrics.lag_records) == {"0": 0, "1": 0})
            assert shown(metrics.overdue) == shown(metrics.sweep_remaining) == {"0": 0, "1": 0}
            decisions.fingerprint = "other"  # nobody is decided before the clock has a reading
            await shows(shell, lambda: shown(metrics.sweep_remaining)["0"] > 0)
            assert shown(metrics.sweep_remaining)["1"] == 0
            await shell.until(lambda: cluster.committed(installed.events, 0) == 5, "the commit")
            async with shell.processor._turn:  # before anybody takes what is due
                decisions.time = Instant(12_500)
                assert shell.processor.overdue_seconds(shell.processor.ownership.serving[0]) == 2.5
            await shell.processor.remove([1])
            await shows(
                shell, lambda: set(shown(metrics.lag_records)) == set(shown(metrics.overdue)) == {"0"}
            )
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    asyncio.run(watch())


async def shows(shell: Shell, condition: Callable[[], bool]) -> None:
    """Wait for a look that shows it."""
    await shell.until(condition, "the gauges to show it")
