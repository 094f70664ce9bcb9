from pathlib import Path

import pytest

from tests.corpus.cases import STAGE, Case, cases_of
from topology.scenarios.running import run
from topology.scenarios.verdict_text import verdict_text

CASES = list(cases_of(Path(__file__).parent))


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{file}: {case.name}") for file, case in CASES])
def test_what_is_written_down_comes_out(case: Case) -> None:
    """The records that are written down, in that order, or the faults of refused definitions, and no others."""
    verdict = run(case, STAGE)
    assert verdict.holds, verdict_text(verdict)


def test_there_are_cases() -> None:
    """The files are found, of both kinds, and names tell cases apart."""
    names = [(file, case.name) for file, case in CASES]
    assert len(set(names)) == len(names) >= 60
    assert sum(case.refused is not None for _, case in CASES) >= 20
