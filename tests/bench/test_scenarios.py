from pathlib import Path

import pytest

from tests.bench.ground import Ground
from tests.bench.page import Circumstances, document_of, write
from tests.bench.scenario import Scenario
from tests.bench.scenarios.registry import SCENARIOS
from tests.conftest import Kafka

pytestmark = [pytest.mark.broker, pytest.mark.bench]

AROUND = Circumstances("python -m tests.bench", "2026-01-01 00:00 UTC", 1.0, {"cores": "2"}, 0.0)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_counts_right_and_tells_all(kafka: Kafka, tmp_path: Path, scenario: Scenario) -> None:
    """In its tiny form every count is right, every targeted figure is there, and page and pictures are written."""
    found = scenario.measure(Ground(kafka.bootstrap, tmp_path / "runs", print), scenario.sizes["tiny"])
    assert found.checks
    assert [check for check in found.checks if not check.right] == []
    assert all(check.expected > 0 or "again" in check.what for check in found.checks)
    assert list((tmp_path / "runs").iterdir()) == []
    page = write(scenario, found, AROUND, tmp_path / "results")
    pictures = [tmp_path / f"results/{scenario.name}-{picture.name}.svg" for picture in found.pictures]
    assert pictures
    assert all(picture.stat().st_size > 1_000 for picture in pictures)
    told = page.read_text(encoding="utf-8")
    assert all(f"({picture.name})" in told for picture in pictures)
    assert all(figure.name in told for figure in found.figures)
    assert document_of(scenario, found, AROUND)["figures"]
    unmeasured = [figure.name for figure in found.figures if figure.target and not figure.values]
    assert unmeasured in ([], ["throughput"])  # so few events may be one commit, which has no length
