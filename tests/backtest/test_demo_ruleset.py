"""The demo's definitions over all of CDNOW: ``tidemark backtest`` says what SQL says, record for record."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.backtest.expectations import Expected, Grant, Rules, When, expected_of
from tests.backtest.outputs import (
    Outputs,
    change_entry,
    differences,
    ledger,
    point_entry,
    run_backtest,
    trigger_entry,
)

DEFINITIONS = Path(__file__).parents[2] / "deploy" / "demo" / "definitions"

RULES = Rules(
    days=(20, 21, 30, 40, 41, 45, 46, 60, 90, 120, 121, 180, 181),
    segments={
        "one-time-buyers": "purchases = 1",
        "repeat-buyers": "purchases > 1",
        "active": "since_last_purchase < 60",
        "lapsing": "since_last_purchase between 60 and 89",
        "quiet": "since_last_purchase between 90 and 180",
        "lapsed": "since_last_purchase >= 181",
        "newcomers": "since_first_purchase < 30",
        "loyal": "purchases >= 5 and since_last_purchase < 90",
        "fading-regulars": "purchases >= 3 and since_last_purchase >= 90 and since_first_purchase >= 180",
        "postcard": "(purchases = 1 and since_first_purchase between 21 and 40)"
        " or (purchases >= 10 and since_last_purchase between 46 and 120)",
    },
    messages={
        "thank-big-spender": When("event", "purchase", "amount >= 100 or cds >= 10", cooldown=7),
        "come-back-soon": When("segment_entered", "lapsing"),
        "welcome-to-the-club": When("segment_entered", "loyal"),
        "glad-to-see-you-again": When("segment_left", "one-time-buyers"),
        "we-miss-you": When("segment_left", "loyal"),
    },
    grants={
        "point-per-dollar": Grant("record-club", When("event", "purchase"), "floor(amount)"),
        "box-of-ten": Grant("record-club", When("event", "purchase", "cds >= 10"), "50"),
        "loyal-bonus": Grant("record-club", When("segment_entered", "loyal"), "250"),
    },
)


@pytest.fixture(scope="module")
def found(cdnow: Path, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """What the backtest wrote."""
    return run_backtest(DEFINITIONS, cdnow, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def expected(cdnow: Path) -> Expected:
    """What SQL says."""
    return expected_of(RULES, cdnow)


def test_segment_changes_are_those_of_sql(found: Outputs, expected: Expected) -> None:
    """Every entering and leaving of ten segments, with cause and instant, in the order of each customer."""
    assert differences(ledger(map(change_entry, found.changes)), expected.changes) == {}


def test_messages_are_those_of_sql(found: Outputs, expected: Expected) -> None:
    """Every trigger of five distributions: on events, on entering, on leaving, by event and by time."""
    assert differences(ledger(map(trigger_entry, found.triggers)), expected.triggers) == {}


def test_points_are_those_of_sql(found: Outputs, expected: Expected) -> None:
    """Every grant of three earning rules."""
    assert differences(ledger(map(point_entry, found.points)), expected.points) == {}


def test_balances_are_the_sum_of_what_was_granted(found: Outputs) -> None:
    """Each record's balance is the one before it on the card, plus its points."""
    cards: dict[tuple[str, str], int] = defaultdict(int)
    for record in found.points:
        card = (record["customer_id"], record["campaign_id"])
        cards[card] += record["points"]
        assert record["balance"] == cards[card], record


def test_nothing_is_rejected(found: Outputs) -> None:
    """All of CDNOW conforms to the definition of a purchase."""
    assert found.rejected == []


def test_records_are_ordered_and_numbered(found: Outputs) -> None:
    """By occurrence, customer, sequence; over all files a customer's sequence grows, without repeats."""
    lives = defaultdict(list)
    for records in (found.changes, found.triggers, found.points):
        order = [(record["occurred_at"], record["customer_id"], record["sequence"]) for record in records]
        assert order == sorted(order)
        for occurred_at, customer, sequence in order:
            lives[customer].append((sequence, occurred_at))
    for life in lives.values():
        life.sort()
        assert [instant for _, instant in life] == sorted(instant for _, instant in life)
        assert len({sequence for sequence, _ in life}) == len(life)


def test_ids_are_unique(found: Outputs) -> None:
    """No two records of one topic share an id."""
    for records in (found.changes, found.triggers, found.points):
        assert len({record["id"] for record in records}) == len(records)


def test_placeholders_are_filled_from_the_event(found: Outputs) -> None:
    """The thanks for a big order name its amount and number of CDs."""
    thanks = [record for record in found.triggers if record["distribution_id"] == "thank-big-spender"]
    assert thanks
    for record in thanks:
        data, bought = record["message"]["data"], record["event"]["metadata"]
        assert (float(data["amount"]), int(data["cds"])) == (bought["amount"], bought["cds"])


def test_the_summary_counts_what_the_files_hold(found: Outputs) -> None:
    """Members at the end are those who entered and did not leave; totals by cause are those of the records."""
    turns = Counter((record["segment_id"], record["change"], record["cause"]) for record in found.changes)
    for segment, counts in found.summary["segments"].items():
        told = {
            (segment, change, cause): n
            for change in ("entered", "left")
            for cause, n in counts[change].items()
        }
        assert told == {turn: n for turn, n in turns.items() if turn[0] == segment}
        assert counts["members"] == sum(
            n if change == "entered" else -n for (_, change, _), n in told.items()
        )
    assert found.summary["segments"].keys() == RULES.segments.keys()
    assert found.summary["points"]["box-of-ten"] == {"grants": 1113, "points": 50 * 1113}
