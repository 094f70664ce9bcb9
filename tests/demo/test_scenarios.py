"""The scenarios that stand beside the demo's definitions."""

import pytest

from deploy.demo.playbill import DEFINITIONS
from topology.definitions.directory import check_directory
from topology.scenarios.ground import Ground, Stage
from topology.scenarios.reading import read_directory
from topology.scenarios.running import run
from topology.scenarios.scenario import Scenario
from topology.scenarios.verdict_text import verdict_text
from topology.settings import Settings

SCENARIOS = read_directory(DEFINITIONS)


@pytest.fixture(scope="module")
def stage() -> Stage:
    """The record shop's definitions."""
    checked = check_directory(DEFINITIONS, Settings(), clock="stream")
    return Stage(Ground(checked.catalog, checked.definitions))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_holds(scenario: Scenario, stage: Stage) -> None:
    """What the shop's definitions are meant to do, they do."""
    verdict = run(scenario, stage)
    assert verdict.holds, verdict_text(verdict)
