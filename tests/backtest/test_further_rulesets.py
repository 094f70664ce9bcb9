"""Rules that the demo does not have, over parts of CDNOW: ``tidemark backtest`` says what SQL says.

The rulesets stand under ``rulesets/``, each segment with its SQL beside it; what messages and points mean
stands here.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.backtest.expectations import Grant, Rules, When, expected_of
from tests.backtest.outputs import change_entry, differences, ledger, point_entry, run_backtest, trigger_entry

RULESETS = Path(__file__).with_name("rulesets")


class Case(NamedTuple):
    """A ruleset and the history it runs over."""

    definitions: Path
    history: str
    rules: Rules


def segments_of(definitions: Path) -> dict[str, str]:
    """The SQL that stands beside each segment's filter."""
    documents = yaml.safe_load_all((definitions / "segments.yaml").read_text(encoding="utf-8"))
    return {document["id"]: document["metadata"]["sql"] for document in documents}


def case(
    name: str,
    history: str,
    days: tuple[int, ...],
    messages: dict[str, When] | None = None,
    grants: dict[str, Grant] | None = None,
) -> Case:
    """The ruleset in the directory of this name."""
    definitions = RULESETS / name
    return Case(definitions, history, Rules(days, segments_of(definitions), messages or {}, grants or {}))


PICKY = "(amount > 10 and amount < 12.5 and cds = 1) or cds in (5, 7)"

CASES = (
    case("comparisons", "scattered", (1, 2, 7, 8, 9, 10, 14, 21, 30, 31, 365, 366)),
    case("junctions", "few", (10, 15, 16, 20, 21, 26, 30, 31, 40, 50, 60, 61, 100, 101)),
    case("two_events", "returned", (2, 3, 4, 6, 20, 30, 61)),
    case(
        "consequences",
        "scattered",
        (10, 30, 31),
        messages={
            "woken": When("segment_left", "dozing"),
            "never-by-event": When("segment_left", "fresh", causes=("event",)),
            "only-by-time": When("segment_entered", "dozing", causes=("time",)),
            "picky": When("event", "purchase", PICKY),
            "on-the-second": When("event", "purchase", "purchases = 2 and cds < 9"),
            "rarely": When("event", "purchase", cooldown=20),
            "thrice-a-quarter": When("segment_entered", "fresh", most=(3, 90)),
        },
        grants={
            "point-per-cent": Grant("cents", When("event", "purchase"), "amount * 100"),
            "two-per-five-dollars": Grant("club", When("event", "purchase"), "floor(amount / 5) * 2"),
            "one-per-three-cds": Grant("club", When("event", "purchase"), "cds // 3"),
            "comfort": Grant("club", When("segment_entered", "dozing"), "7"),
            "five-in-fifty": Grant("club", When("event", "purchase", "cds > 1", most=(5, 50)), "cds"),
            "not-soon-again": Grant("club", When("segment_entered", "fresh", cooldown=45), "3"),
            "second-time": Grant("cents", When("segment_entered", "second"), "100"),
        },
    ),
)

UNTIL = {
    "to the last event": None,
    "well past it": "1998-12-31T11:22:33.444Z",
    "in mid-history": "1997-05-01T00:00:00Z",
}


@pytest.mark.parametrize("until", UNTIL.values(), ids=UNTIL)
@pytest.mark.parametrize("case", CASES, ids=[case.definitions.name for case in CASES])
def test_a_backtest_says_what_sql_says(
    case: Case, until: str | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """All changes, messages and points of a ruleset over a history, with the end where it is asked for."""
    events: Path = request.getfixturevalue(case.history)
    options = [] if until is None else ["--until", until]
    found = run_backtest(case.definitions, events, tmp_path, *options)
    expected = expected_of(case.rules, events, until)
    assert expected.changes
    assert differences(ledger(map(change_entry, found.changes)), expected.changes) == {}
    assert differences(ledger(map(trigger_entry, found.triggers)), expected.triggers) == {}
    assert differences(ledger(map(point_entry, found.points)), expected.points) == {}
    assert found.rejected == []
