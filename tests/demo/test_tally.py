"""What the demo's books say after a few records."""

from deploy.demo.tally import CHANGES, POINTS, TRIGGERS, Message, Record, Tally, Turn


def change(customer: str, segment: str, turn: str, at: str, cause: str = "event") -> Record:
    """A segment change."""
    return {"customer_id": customer, "segment_id": segment, "change": turn, "cause": cause, "occurred_at": at}


def grant(customer: str, rule: str, points: int, balance: int) -> Record:
    """A grant of points."""
    whose = {"customer_id": customer, "campaign_id": "club"}
    return {**whose, "earning_rule_id": rule, "points": points, "balance": balance}


def test_members_are_those_who_entered_and_did_not_leave() -> None:
    """Two enter, one leaves: one member; a segment nobody entered has none."""
    tally = Tally()
    tally.take(CHANGES, change("a", "loyal", "entered", "1997-01-03T00:00:00Z"))
    tally.take(CHANGES, change("b", "loyal", "entered", "1997-01-04T00:00:00Z"))
    tally.take(CHANGES, change("a", "loyal", "left", "1997-02-04T00:00:00Z", "time"))
    assert tally.members("loyal") == 1
    assert tally.members("lapsed") == 0
    assert tally.turns == {Turn("loyal", "entered", "event"): 2, Turn("loyal", "left", "time"): 1}


def test_the_story_by_month_does_not_depend_on_the_order_of_records() -> None:
    """Members at month ends follow occurrence; what comes after the last month counts into it."""
    records = [
        change("a", "loyal", "entered", "1997-01-31T00:00:00Z"),
        change("b", "loyal", "entered", "1997-02-01T00:00:00Z"),
        change("a", "loyal", "left", "1997-03-15T00:00:00Z"),
        change("b", "loyal", "left", "1997-05-01T00:00:00Z"),
    ]
    months = ["1997-01", "1997-02", "1997-03", "1997-04"]
    for order in (records, records[::-1]):
        tally = Tally()
        for record in order:
            tally.take(CHANGES, record)
        assert tally.members_at_month_ends("loyal", months) == [1, 2, 1, 0]


def test_messages_are_counted_by_distribution_trigger_and_cause() -> None:
    """The same distribution by event and by time is told apart."""
    tally = Tally()
    for cause in ("event", "time", "time"):
        tally.take(TRIGGERS, {"distribution_id": "hello", "trigger": "segment_left", "cause": cause})
    assert tally.messages == {
        Message("hello", "segment_left", "event"): 1,
        Message("hello", "segment_left", "time"): 2,
    }


def test_points_are_summed_by_rule_and_the_latest_balance_is_kept_by_card() -> None:
    """Two grants of one rule to one customer, and one of another to another."""
    tally = Tally()
    tally.take(POINTS, grant("a", "dollars", 11, 11))
    tally.take(POINTS, grant("a", "dollars", 5, 16))
    tally.take(POINTS, grant("b", "bonus", 250, 250))
    assert tally.points == {"dollars": 16, "bonus": 250}
    assert tally.grants == {"dollars": 2, "bonus": 1}
    assert tally.balances == {("club", "a"): 16, ("club", "b"): 250}
    assert tally.seen() == {CHANGES: 0, TRIGGERS: 0, POINTS: 3}
