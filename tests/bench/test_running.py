from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.cluster import Cluster
from tests.bench.contestants import JOB_SETTINGS, Contestant
from tests.bench.environments import ContestantError
from tests.bench.job import expected_entries, purchases
from tests.bench.running import Outcome, Size, run
from tests.conftest import Kafka

SIZE = Size(3_000, 500)
PLAIN = Contestant(
    name="plain",
    title="Plain",
    guarantee="exactly once",
    command=("{python}", "{here}/peers/plain/job.py"),
    environment=JOB_SETTINGS,
    limit_seconds=30,
)

pytestmark = pytest.mark.broker

Run = Callable[..., Outcome]


@pytest.fixture
def outcome_of(kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the plain program, changed as asked, in a directory of its own."""
    monkeypatch.chdir(tmp_path)

    def outcome(**changes: object) -> Outcome:
        environment = {**JOB_SETTINGS, **{k: v for k, v in changes.items() if k.startswith("BENCH_")}}
        fields = {k: v for k, v in changes.items() if not k.startswith("BENCH_")}
        return run(replace(PLAIN, environment=environment, **fields), Cluster(kafka.bootstrap), SIZE)  # type: ignore[arg-type]

    return outcome


def test_a_right_program_is_measured_and_found_right(outcome_of: Run, tmp_path: Path) -> None:
    """All input committed, every entry there once, time and memory seen; its directory goes with the run."""
    outcome = outcome_of()
    assert (outcome.finished, outcome.committed, outcome.complaint) == (True, 3_000, "")
    assert outcome.verdict.right
    assert outcome.verdict.found == len(expected_entries(purchases(*SIZE))) > 0
    assert outcome.peak_bytes > 2**20
    assert outcome.first_commit_seconds is not None
    assert 0 < outcome.first_commit_seconds <= outcome.whole_seconds
    assert list((tmp_path / ".tidemark/bench/runs").iterdir()) == []


def test_a_program_that_miscounts_is_found_wrong(outcome_of: Run) -> None:
    """Letting customers in at the third purchase yields entries by events that are not the right ones."""
    verdict = outcome_of(BENCH_MORE_THAN="2").verdict
    assert not verdict.right
    assert verdict.missing == verdict.expected
    assert verdict.foreign == verdict.found > 0


def test_a_program_that_dies_is_unfinished(outcome_of: Run) -> None:
    """What was committed before counts, and its last words are kept."""
    outcome = outcome_of(BENCH_STOP_AFTER="1000")
    assert not outcome.finished
    assert 1_000 <= outcome.committed < 3_000
    assert "ended by itself with code 1" in outcome.complaint
    assert "enough" in outcome.complaint


def test_a_program_that_commits_nothing_runs_into_its_limit(outcome_of: Run) -> None:
    """It is stopped, and the complaint says how far it came."""
    outcome = outcome_of(command=("sleep", "60"), limit_seconds=1.0)
    assert not outcome.finished
    assert outcome.complaint == "0 of 3,000 events committed in 1 s"
    assert outcome.window.events_per_second == 0


def test_a_slow_program_is_given_a_prefix(outcome_of: Run) -> None:
    """Half of the input, and held to the outputs of that half."""
    outcome = outcome_of(share=0.5)
    assert (outcome.events, outcome.committed) == (1_500, 1_500)
    assert outcome.verdict.right
    assert outcome.verdict.expected == len(expected_entries(purchases(1_500, 500)))


def test_a_preparation_that_fails_is_told(outcome_of: Run) -> None:
    """The command and what it said stand in the error; nothing is measured."""
    with pytest.raises(ContestantError, match="No such file"):
        outcome_of(prepare=(("ls", "/no/such/directory"),))
