"""From the outcomes of all runs to one row per contestant.

Decides what is put together how; knows nothing of how a row is shown.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.bench.contestants import Contestant
from tests.bench.figures import Ratio, Spread, ratio, spread
from tests.bench.machine import BUSY_PERCENT
from tests.bench.running import Outcome


class Standing(NamedTuple):
    """What all runs of one contestant say together."""

    contestant: Contestant
    runs: int
    events: int
    events_per_second: Spread
    cpu_seconds_per_million: Spread
    peak_mebibytes: Spread
    ours_to_theirs: Ratio | None
    """How many times its throughput is ours; ``None`` for ourselves, and where nothing was measured."""
    theirs_to_ours_cpu: Ratio | None
    """How many times our CPU per event is its; what holds on a machine that others use too."""
    result: str
    """Whether the outputs were right in every run, and what was not."""


def standings(
    contestants: Sequence[Contestant], outcomes: Mapping[str, Sequence[Outcome]], reference: str
) -> list[Standing]:
    """One row per contestant that ran, in the given order; ratios are of ``reference`` to each other one."""
    rows = [
        _standing(contestant, outcomes[contestant.name])
        for contestant in contestants
        if outcomes.get(contestant.name)
    ]
    ours = next((row for row in rows if row.contestant.name == reference), None)
    return [row if ours is None or row is ours else _compared(ours, row) for row in rows]


def _compared(ours: Standing, theirs: Standing) -> Standing:
    return theirs._replace(
        ours_to_theirs=ratio(ours.events_per_second, theirs.events_per_second),
        theirs_to_ours_cpu=ratio(theirs.cpu_seconds_per_million, ours.cpu_seconds_per_million),
    )


def busy_warnings(outcomes: Mapping[str, Sequence[Outcome]]) -> list[str]:
    """Say so when somebody else was using the machine before a run."""
    busy = {name: max(run.busy_percent for run in runs) for name, runs in outcomes.items() if runs}
    return [
        f"The machine was {percent:.0f} % busy before a run of {name}: take its figures with care."
        for name, percent in busy.items()
        if percent > BUSY_PERCENT
    ]


def _standing(contestant: Contestant, runs: Sequence[Outcome]) -> Standing:
    return Standing(
        contestant=contestant,
        runs=len(runs),
        events=runs[0].events,
        events_per_second=spread([run.window.events_per_second for run in runs]),
        cpu_seconds_per_million=spread([run.window.cpu_seconds_per_million for run in runs]),
        peak_mebibytes=spread([run.peak_bytes / 2**20 for run in runs]),
        ours_to_theirs=None,
        theirs_to_ours_cpu=None,
        result=_result(runs),
    )


def _result(runs: Sequence[Outcome]) -> str:
    """``right`` only if every run finished and every run was right; else the first fault of each kind."""
    unfinished = [run for run in runs if not run.finished]
    wrong = [run for run in runs if run.finished and not run.verdict.right]
    faults = []
    if wrong:
        faults.append(f"{wrong[0].verdict} in {len(wrong)} of {len(runs)} runs")
    if unfinished:
        first_line = unfinished[0].complaint.splitlines()[0]
        faults.append(f"UNFINISHED in {len(unfinished)} of {len(runs)} runs: {first_line}")
    return "; ".join(faults) or str(runs[0].verdict)
