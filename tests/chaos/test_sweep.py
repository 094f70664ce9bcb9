"""Workers that are killed while they decide all customers anew: exactly the differences come out, once."""

import collections
import json
import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from streams.engine.marks import SWEEP_KEY, Sweep, read_sweep
from streams.engine.transactions import Step
from tests.broker.events import PARTITIONS
from tests.broker.installation import PATIENCE_SECONDS, Installation, WorkerProcess, wait_until
from tests.chaos.flow import apply_definitions, tick, write
from tests.chaos.form import SHORT, Form
from tests.chaos.outcome import CHANGELOG, Outcome, assert_gapless
from tests.chaos.purchases import CHAOS_DEFINITIONS
from tests.chaos.sweeping_worker import SMALL_UNITS, sweeping
from tests.conftest import Kafka
from topology.lines import Line

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

STEPS: tuple[Step, ...] = get_args(Step)
LOYAL = """
---
kind: segment
id: loyal
filter: {events.purchase.count: {conditions: {$more_than: [4]}}}
"""


@pytest.fixture
def installation(kafka: Kafka, topic_prefix: str, tmp_path: Path, lines: Sequence[Line]) -> Installation:
    """An installation where all purchases are counted, and whose definitions have just been changed."""
    made = Installation(kafka.bootstrap, topic_prefix, tmp_path)
    apply_definitions(made)
    write(made, lines)
    tick(made)
    with made.worker() as worker:
        made.wait_until_consumed()
        wait_until(lambda: worker.has_nothing_left(PARTITIONS), "all deadlines to be taken")
        worker.stop()
    edited = tmp_path / "edited"
    edited.mkdir()
    before = (CHAOS_DEFINITIONS / "shop.yaml").read_text(encoding="utf-8")
    after = before.replace(
        "purchase.count: {conditions: {$more_than: [1]}}", "purchase.count: {conditions: {$more_than: [2]}}"
    )
    assert after != before
    (edited / "shop.yaml").write_text(after + LOYAL, encoding="utf-8")
    made.run("apply", str(edited), "--yes")
    return made


def sweeps(installation: Installation) -> dict[int, Sweep]:
    """How far the committed sweep of each partition is."""
    marks = [each for each in installation.read(CHANGELOG) if each.key == SWEEP_KEY]
    return {mark.partition: read_sweep(mark.value or b"") for mark in marks}


def swept(worker: WorkerProcess) -> bool:
    """Whether the worker says that all customers are decided."""
    told = worker.told()
    return told is not None and bool(told["ready"]) and told["sweeping"] == {}


def expected(lines: Sequence[Line]) -> set[tuple[str, ...]]:
    """Customer, segment, version, change and cause of each difference, counted from the purchases."""
    bought = collections.Counter(json.loads(line.text)["customer"]["source_id"] for line in lines)
    left = {
        (name, "repeat-buyers", "2", "left", "definition") for name, times in bought.items() if times == 2
    }
    return left | {(name, "loyal", "1", "entered", "backfill") for name, times in bought.items() if times > 4}


def test_kills_in_mid_sweep_lose_and_double_nothing(
    installation: Installation, lines: Sequence[Line], form: Form
) -> None:
    """At whichever step of a commit the worker dies, the next one goes on with the customers that are left."""
    steps = STEPS[1::2] if form == SHORT else STEPS * form.rounds
    for step in steps:
        with installation.started(command=sweeping(signal.SIGKILL, step, 4), **SMALL_UNITS) as worker:
            assert worker.process.wait(PATIENCE_SECONDS) == -signal.SIGKILL, worker.said()
    last = sweeps(installation).values()
    assert len(last) == PARTITIONS
    assert sum(sweep.met for sweep in last) > 0
    assert not all(sweep.done for sweep in last)
    with installation.worker() as worker:
        wait_until(partial(swept, worker), "the sweep to end")
        worker.stop()
    outcome = Outcome.of(installation)
    found = [
        (customer, *(str(change[name]) for name in ("segment_id", "segment_version", "change", "cause")))
        for customer, its in outcome.records["segment-changes"].items()
        for change in its
        if change["cause"] in {"definition", "backfill"}
    ]
    assert sorted(found) == sorted(expected(lines))
    assert_gapless(outcome)
    members = {
        key: {held["segment_id"] for held in its["segments"]}
        for key, its in outcome.latest["segment-memberships"].items()
    }
    assert members == {key: {*state.segments} for key, state in outcome.states.items() if key in members}
