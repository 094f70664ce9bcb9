from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bench.findings import Findings
from tests.bench.ground import Ground
from tests.bench.page import Circumstances, document_of, write
from tests.bench.scenario import Scenario
from tests.bench.scenarios.registry import SCENARIOS
from tests.conftest import Kafka

pytestmark = [pytest.mark.broker, pytest.mark.bench]

AROUND = Circumstances("python -m tests.bench", "2026-01-01 00:00 UTC", 1.0, {"cores": "2"}, 0.0)
AT_A_TIME = 4
"""They mostly wait, for workers to start and for events to flow; what they measure does not matter here."""

Running = Mapping[str, Future[Findings]]


@pytest.fixture(scope="module")
def running(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Every scenario in its tiny form, several side by side; the one with the most steps begins."""
    places = {scenario.name: tmp_path_factory.mktemp(scenario.name) for scenario in SCENARIOS}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {
            scenario.name: pool.submit(_measured, scenario, kafka.bootstrap, places[scenario.name])
            for scenario in sorted(SCENARIOS, key=lambda scenario: scenario.name != "recovery")
        }


def _measured(scenario: Scenario, bootstrap: str, place: Path) -> Findings:
    found = scenario.measure(Ground(bootstrap, place, lambda _: None), scenario.sizes["tiny"])
    assert list(place.iterdir()) == [], "something was left behind"
    return found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_counts_right_and_tells_all(running: Running, tmp_path: Path, scenario: Scenario) -> None:
    """In its tiny form every count is right, every targeted figure is there, and page and pictures are written."""
    found = running[scenario.name].result()
    assert found.checks
    assert [check for check in found.checks if not check.right] == []
    assert all(check.expected > 0 for check in found.checks)
    page = write(scenario, found, AROUND, tmp_path)
    pictures = [tmp_path / f"{scenario.name}-{picture.name}.svg" for picture in found.pictures]
    assert pictures
    assert all(picture.stat().st_size > 1_000 for picture in pictures)
    told = page.read_text(encoding="utf-8")
    assert all(f"({picture.name})" in told for picture in pictures)
    assert all(figure.name in told for figure in found.figures)
    assert document_of(scenario, found, AROUND)["figures"]
    unmeasured = [figure.name for figure in found.figures if figure.target and not figure.values]
    # So few events may be one commit, which has no length; and so short a sweep may fall between them.
    assert set(unmeasured) <= {"throughput", "live latency in the sweep, p99"}
