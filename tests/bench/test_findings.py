import json
from pathlib import Path

import pytest
from matplotlib.axes import Axes

from tests.bench.drawing import Labels, axes
from tests.bench.findings import Check, Figure, Findings, Picture, Table, Target
from tests.bench.outputs import all_right
from tests.bench.page import Circumstances, index, markdown, write
from tests.bench.scenario import Scenario
from tests.bench.scenarios.registry import SCENARIOS

FAST = Target(40_000, at_least=True)
QUICK = Target(150)


def drawing() -> Axes:
    """A picture of one line."""
    drawn = axes(Labels("seconds", "events/s"), log_x=True)
    drawn.plot([1, 10], [2, 3])
    return drawn


FOUND = Findings(
    figures=[
        Figure("throughput", "events/s", [39_000.4, 41_000.0, 42_000.0], FAST),
        Figure("p50", "ms", [120.0], QUICK),
    ],
    checks=[Check("orders", 7, 7), Check("entries", 5, 4)],
    size="1,000 events.",
    notes=["mind this"],
    tables=[Table("By size", ("size", "cost"), [("10", "1.5")])],
    pictures=[Picture("rate", "How it went", drawing)],
)
SCENARIO = Scenario("speed", "How fast it is", "About.", "Method.", {}, lambda _ground, _size: FOUND)
AROUND = Circumstances("python -m tests.bench speed", "2026-01-01 00:00 UTC", 12.3, {"cores": "2"}, 60.0)


@pytest.mark.parametrize(
    ("values", "target", "verdict"),
    [
        ([40_000.0], FAST, "met"),
        ([39_999.0, 1.0], FAST, "missed"),
        ([39_000.0, 41_000.0], FAST, "noise: met in 1 of 2"),
        ([149.9], QUICK, "met"),
        ([150.0], QUICK, "missed"),
        ([], QUICK, "not measured"),
        ([1.0], None, ""),
    ],
)
def test_a_target_is_met_in_every_run_or_it_is_not(
    values: list[float], target: Target | None, verdict: str
) -> None:
    """At least a floor, or below a limit; runs that disagree are noise."""
    assert Figure("any", "", values, target).verdict == verdict


def test_of_several_runs_the_wrong_one_is_told() -> None:
    """One wrong count in one run stays visible; right ones are told once."""
    checks = [Check("a", 1, 1), Check("b", 2, 2), Check("a", 1, 3), Check("b", 2, 2)]
    assert all_right(checks) == [Check("a", 1, 3), Check("b", 2, 2)]


def test_the_page_has_figures_targets_counts_and_circumstances() -> None:
    """Who reads it sees median, range, runs, target and answer, what was wrong, how it was made and on what."""
    page = markdown(SCENARIO, FOUND, AROUND)
    assert (
        "| throughput | 41,000 events/s | 39,000-42,000 | 3 | ≥ 40,000 events/s | noise: met in 2 of 3 |"
        in page
    )
    assert "| p50 | 120 ms |  | 1 | < 150 ms | met |" in page
    assert "| entries | 5 | **4: WRONG** |" in page
    assert "| orders | 7 | 7 |" in page
    assert "## By size\n\n| size | cost |\n| --- | --- |\n| 10 | 1.5 |" in page
    assert "![How it went](speed-rate.svg)" in page
    assert "1,000 events. 2026-01-01 00:00 UTC, 12 s, made with `python -m tests.bench speed`." in page
    assert "> The machine was 60 % busy before this began" in page
    assert "> mind this" in page
    assert "- cores: 2" in page


def test_page_data_pictures_and_index_are_written(tmp_path: Path) -> None:
    """Beside each other, so that links hold; and the same data give the same picture, byte for byte."""
    write(SCENARIO, FOUND, AROUND, tmp_path)
    first = (tmp_path / "speed-rate.svg").read_bytes()
    write(SCENARIO, FOUND, AROUND, tmp_path)
    assert (tmp_path / "speed-rate.svg").read_bytes() == first
    assert first.startswith(b"<?xml")
    document = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))
    assert document["figures"][0]["values"] == [39_000.4, 41_000.0, 42_000.0]
    assert document["command"] == AROUND.command
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == index(tmp_path)


def test_the_index_tells_targets_and_what_is_wrong(tmp_path: Path) -> None:
    """One line a targeted figure, one more for each wrong count, and the comparison if there is one."""
    write(SCENARIO, FOUND, AROUND, tmp_path)
    told = index(tmp_path)
    assert "| [How fast it is](speed.md) | p50 | 120 ms | < 150 ms | met | 2026-01-01 00:00 UTC |" in told
    assert "| [How fast it is](speed.md) | WRONG: entries |" in told
    assert "peers.md" not in told
    (tmp_path / "peers.md").write_text("", encoding="utf-8")
    (tmp_path / "peers.json").write_text('{"command": "of another shape"}', encoding="utf-8")
    assert "[the comparison](peers.md)" in index(tmp_path)


def test_every_scenario_has_all_its_forms() -> None:
    """Each can be run tiny, short and full, under a name of its own."""
    assert all(set(scenario.sizes) == {"tiny", "short", "full"} for scenario in SCENARIOS)
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
