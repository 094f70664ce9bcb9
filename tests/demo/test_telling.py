"""What the demo shows and says, for a small run."""

import pytest
from rich.console import Console

from deploy.demo import cdnow
from deploy.demo.closing import print_verdict
from deploy.demo.comparison import Comparison, digest
from deploy.demo.feed import Feed, Pace
from deploy.demo.playbill import Playbill, read_playbill
from deploy.demo.screen import PlainScreen, screen
from deploy.demo.summary import print_summary, sparkline
from deploy.demo.tally import CHANGES, POINTS, TRIGGERS, Record, Tally
from deploy.demo.view import View
from topology.settings import Settings

ENTERED: Record = {
    "id": "x",
    "customer_id": "00017",
    "segment_id": "loyal",
    "change": "entered",
    "cause": "event",
    "event_id": "e",
    "occurred_at": "1997-01-20T00:00:00Z",
}
SENT: Record = {
    "id": "y",
    "customer_id": "00017",
    "distribution_id": "welcome",
    "trigger": "segment_entered",
    "cause": "event",
    "message": {"template": "hello", "channel": "email"},
    "occurred_at": "1997-01-20T00:00:00Z",
}
GRANTED: Record = {
    "id": "z",
    "customer_id": "00017",
    "campaign_id": "club",
    "earning_rule_id": "bonus",
    "points": 250,
    "balance": 1250,
    "occurred_at": "1997-01-20T00:00:00Z",
}


@pytest.fixture
def view() -> View:
    """A run in which one customer became loyal, and was welcomed and paid for it."""
    playbill = Playbill({"loyal": "Loyal ones"}, {"welcome": "Welcome"}, {"bonus": "Bonus"})
    tally = Tally()
    for topic, record in ((CHANGES, ENTERED), (TRIGGERS, SENT), (POINTS, GRANTED)):
        tally.take(topic, record)
    feed = Feed([cdnow.event_of(next(cdnow.purchases()))], Settings(), Pace(500))
    return View(playbill, ["1997-01", "1997-02", "1997-03"], tally, Comparison({}), feed, replay_seconds=2.0)


def recorded() -> Console:
    """A console that is no terminal and remembers."""
    return Console(record=True, width=140, force_terminal=False)


def test_a_plain_screen_tells_where_it_is_in_one_line(view: View) -> None:
    """Date, events, records and members, without any control characters."""
    console = recorded()
    PlainScreen(console).draw(view)
    text = console.export_text()
    assert text.count("\n") == 1
    assert "1997-01-01, 0 events" in text
    assert "3 records out" in text
    assert "loyal 1" in text


def test_a_terminal_gets_a_moving_screen_and_anything_else_plain_lines(view: View) -> None:
    """The moving one shows segment, message, points and the latest records."""
    with screen(recorded()) as plain:
        assert isinstance(plain, PlainScreen)
    terminal = Console(record=True, width=140, height=50, force_terminal=True)
    with screen(terminal) as live:
        live.draw(view)
    text = terminal.export_text()
    assert "00017 entered loyal with e" in text
    assert "00017 is sent hello" in text
    assert "00017 earns 250 points (bonus), 1,250 on the card" in text


def test_the_summary_tells_members_causes_messages_points_and_speed(view: View) -> None:
    """The single member of the quarter, why, and what followed."""
    console = recorded()
    print_summary(console, view, worker_cpu_seconds=1.5)
    lines = [" ".join(line.replace("│", " ").split()) for line in console.export_text().splitlines()]
    assert "loyal ███ 1" in lines
    assert "loyal Loyal ones 1 - - -" in lines
    assert "welcome Welcome segment entered 1 -" in lines
    assert "bonus Bonus 1 250" in lines
    assert "00017 1,250" in lines
    assert any("3 records out in 2.0 s" in line for line in lines)


def test_agreement_is_claimed_only_after_every_record_was_struck_out() -> None:
    """One outstanding record is enough to deny it, with its topic and id."""
    console, comparison = recorded(), Comparison({(CHANGES, "x"): digest(ENTERED)})
    assert not print_verdict(console, comparison)
    assert "1 missing on segment-changes, such as x" in console.export_text()
    comparison.take(CHANGES, ENTERED)
    assert print_verdict(console, comparison)
    assert "agrees with the backtest: 1 records" in console.export_text()


def test_a_sparkline_reaches_from_nothing_to_the_largest() -> None:
    """Eight steps; without members it lies flat."""
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""


def test_the_playbill_names_what_the_definitions_define() -> None:
    """At least six segments, three kinds of trigger and two earning rules, each with a name to show."""
    playbill = read_playbill()
    assert len(playbill.segments) >= 6
    assert len(playbill.distributions) >= 3
    assert len(playbill.earning_rules) >= 2
    assert playbill.segments["lapsing"] == "Last bought 60 to 90 days ago"
