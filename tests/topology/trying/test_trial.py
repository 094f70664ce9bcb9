"""One event on one customer; what follows is worked out by hand."""

from collections.abc import Mapping
from typing import Any

import pytest

from streams.agents.records import Record
from streams.domain.definitions import Definition, EventShape
from streams.domain.events import Event
from streams.domain.facts import Facts
from streams.domain.faults import ABSENT
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant, Milliseconds, parse_instant
from streams.domain.ruleset import compile_ruleset
from streams.domain.state import NEW_CUSTOMER, CustomerState
from topology.trying.reasons import SUPPRESSIONS, Rules, Silent, silent
from topology.trying.told import Told
from topology.trying.trial import Trial, past, try_event

NOON = "2026-03-10T12:00:00Z"
EVENTS = {
    EventName(name): EventShape({"amount": "number"}, additional=False) for name in ("purchase", "visit")
}
FIXED = {"points": {"type": "fixed", "value": 10}}
PROPORTIONAL = {"points": {"type": "proportional", "every": 100, "points": 1, "property": "amount"}}
BIG = {
    "rules": {
        "1": {"name": "custom_event.metadata", "property": "amount", "conditions": {"$more_than": [100]}}
    }
}


def defined(kind: Any, name: str, **body: Any) -> Definition:
    """A definition of version 1."""
    return Definition(kind, name, 1, {"kind": kind, "id": name, **body})


def sends(name: str, trigger: Mapping[str, str], **body: Any) -> Definition:
    """A distribution."""
    return defined("distribution", name, trigger=trigger, message={"channel": "email"}, **body)


def purchase(at: str = NOON, amount: float = 50) -> Event:
    """A purchase of one customer."""
    name, who, when = EventName("purchase"), CustomerId("c-42"), parse_instant(at)
    return Event(EventId(f"p-{at}"), name, who, when, {"amount": amount}, {}, None)


def grants(**body: Any) -> Definition:
    """An earning rule on a purchase."""
    return defined("earning_rule", "e", campaign="club", trigger={"event": "purchase"}, **(FIXED | body))


def rules(*definitions: Definition) -> Rules:
    """The definitions, compiled."""
    return Rules(compile_ruleset(definitions, EVENTS, clock="stream"), definitions)


def tried(
    *definitions: Definition, history: tuple[Event, ...] = (), event: Event | None = None, now: str = NOON
) -> Trial:
    """What the event does after a history."""
    of = rules(*definitions)
    state: CustomerState = past(NEW_CUSTOMER, history, of.ruleset)
    return try_event(event or purchase(), state, parse_instant(now), of)


def only(trial: Trial) -> Silent:
    """The one thing that did not happen."""
    (silent,) = trial.silent
    return silent


def test_what_happens_is_told_in_order() -> None:
    """The change of segment, then the message, then the points, each with the internal event beside it."""
    trial = tried(
        defined("segment", "buyers", filter="count(purchase) > 1"),
        sends("hello", {"segment_entered": "buyers"}),
        grants(),
        history=(purchase("2026-03-01T12:00:00Z"),),
    )
    assert [each.topic for each in trial.happens] == [
        "segment-changes",
        "internal-events",
        "distribution-triggers",
        "point-events",
        "internal-events",
    ]
    assert trial.silent == ()
    (points,) = [each.record for each in trial.happens if each.topic == "point-events"]
    assert (points["points"], points["balance"]) == (10, 20)


@pytest.mark.parametrize(
    ("definition", "reason", "until"),
    [
        (sends("d", {"event": "purchase"}, status="draft"), "not_live", None),
        (sends("d", {"event": "purchase"}, limits={"on": ["time"]}), "cause", None),
        (sends("d", {"event": "purchase"}, validation_rule=BIG), "validation_rule", None),
        (sends("d", {"event": "purchase"}, limits={"cooldown": "P2D"}), "cooldown", "2026-03-11T12:00:00Z"),
        (sends("d", {"event": "purchase"}, limits={"max": {"times": 1, "per": "P7D"}}), "max", "2026-03-16T12:00:00Z"),
        (grants(active=False), "not_active", None),
        (grants(start="2026-04-01"), "not_started", "2026-04-01T00:00:00Z"),
        (grants(end="2026-03-01"), "ended", None),
        (grants(validation_rule=BIG), "validation_rule", None),
        (grants(**PROPORTIONAL), "no_points", None),
    ],
)  # fmt: skip
def test_what_does_not_happen_has_a_reason(definition: Definition, reason: str, until: str | None) -> None:
    """After a purchase the day before; a limit tells when it ends."""
    silent = only(tried(definition, history=(purchase("2026-03-09T12:00:00Z"),)))
    assert (silent.kind, silent.id, silent.reason) == (definition.kind, definition.id, reason)
    assert silent.until == (None if until is None else parse_instant(until))


def test_an_event_that_comes_late_may_be_too_old() -> None:
    """A message has a max_age of three days; points are granted whatever the age."""
    definitions, before = (sends("d", {"event": "purchase"}), grants()), (purchase("2026-03-01T12:00:00Z"),)
    trial = tried(*definitions, history=before, now="2026-03-13T12:00:00.001Z")
    assert only(trial).reason == "max_age"
    topics = {each.topic for each in trial.happens}
    assert ("point-events" in topics, "distribution-triggers" in topics) == (True, False)
    assert tried(*definitions, history=before, now="2026-03-13T12:00:00Z").silent == ()


def test_a_rule_that_fails_tells_what_it_saw() -> None:
    """Of event and profile; rules that hold, and alternatives to one that is told, are left out."""
    shared = {
        "rules": {
            "1": {"name": "custom_event.metadata", "property": "amount", "conditions": {"$more_than": [100]}},
            "2": {"name": "customer.metadata", "property": "club_level", "conditions": {"$is": ["Gold"]}},
            "3": {
                "name": "customer.segment",
                "conditions": {"$in": ["buyers"]},
                "error": {"message": "Buy first."},
            },
            "4": {"name": "custom_event.metadata", "property": "amount", "conditions": {"$is": [50]}},
            "logic": "1 and (2 or 3) and 4",
        }
    }
    trial = tried(
        defined("segment", "buyers", filter="count(purchase) > 5"),
        defined("validation_rule", "shared", **shared),
        sends("d", {"event": "purchase"}, validation_rule="shared"),
    )
    assert [(each.number, each.name, each.message) for each in only(trial).failed] == [
        ("1", "custom_event.metadata.amount", None),
        ("2", "customer.metadata.club_level", None),
    ]
    assert [each.found for each in only(trial).failed] == [50, ABSENT]


@pytest.mark.parametrize(
    ("rule", "failed"),
    [
        (
            "event.metadata.amount > 100 and not count(purchase) = 1",
            [
                ("1", "custom_event.metadata.amount", {"$more_than": [100]}, 50),
                ("2", "events.purchase.count", {"$is": [1]}, 1),
            ],
        ),
        (
            {
                "rules": {
                    "1": {
                        "name": "customer.email",
                        "conditions": {"$is_unknown": [True]},
                        "rules": {"4": {"name": "now", "conditions": {"$dow": [0]}}},
                    }
                }
            },
            [("1.4", "now", {"$dow": [0]}, NOON)],
        ),
    ],
)
def test_a_rule_may_be_typed_or_nested(rule: Any, failed: list[tuple[Any, ...]]) -> None:
    """Each condition that would have to answer otherwise is told as what it stands for, with what it saw."""
    trial = tried(sends("d", {"event": "purchase"}, validation_rule=rule))
    assert [each[:4] for each in only(trial).failed] == failed


def test_only_what_is_set_off_is_told() -> None:
    """Neither what waits for another event, nor what waits for a segment that was not entered."""
    trial = tried(
        defined("segment", "buyers", filter="count(purchase) > 5"),
        sends("other", {"event": "visit"}, status="draft"),
        sends("entered", {"segment_entered": "buyers"}, status="draft"),
    )
    assert trial.silent == ()
    assert [each.id for each in trial.outside] == ["buyers"]


def test_a_segment_that_is_not_entered_tells_what_is_wanting() -> None:
    """Of alternatives all; what must not hold, and does, is told as such; what is as it should be, is not."""
    trial = tried(
        defined("segment", "a", filter="count(purchase) > 0 and (count(visit) > 2 or last(visit) < 3)"),
        defined(
            "segment", "b", filter="count(purchase) > 0 and not (count(visit) > 1 or last(purchase) < 3)"
        ),
        defined("segment", "visitors", filter="count(visit) > 5"),
        defined("segment", "once", filter="count(purchase) = 1"),
        history=(purchase("2026-03-09T12:00:00Z"),),
    )
    assert [
        (each.id, [(one.condition.text, one.wanted) for one in each.wanting]) for each in trial.outside
    ] == [
        ("a", [("count(visit) > 2", True), ("last(visit) < 3", True)]),
        ("b", [("last(purchase) < 3", False)]),
    ]


def test_what_a_left_segment_sets_off_is_told() -> None:
    """The event made the customer leave, and the message is a draft."""
    trial = tried(
        defined("segment", "once", filter="count(purchase) = 1"),
        sends("left", {"segment_left": "once"}, status="draft"),
        history=(purchase("2026-03-01T12:00:00Z"),),
    )
    assert (only(trial).trigger, only(trial).reason) == (("segment_left", "once"), "not_live")


def test_time_until_the_event_is_told_apart() -> None:
    """Whoever bought nine days ago left the segment of eight days the day before."""
    trial = tried(
        defined("segment", "recent", filter="last(purchase) < 8"),
        history=(purchase("2026-03-01T12:00:00Z"),),
    )
    told = {each.topic: each.record["occurred_at"] for each in trial.until_then}
    assert told["segment-changes"] == "2026-03-09T12:00:00Z"
    assert trial.before.segments == {}


def test_what_time_does_next_is_told_by_instant() -> None:
    """Up to five instants at which something happens."""
    segments = [defined("segment", f"s{days}", filter=f"last(purchase) = {days}") for days in range(1, 9, 2)]
    trial = tried(*segments)
    expected = [f"2026-03-{day}T12:00:00Z" for day in (11, 12, 13, 14, 15)]
    assert [then.at for then in trial.later] == [parse_instant(each) for each in expected]
    assert [each.record.get("segment_id") for each in trial.later[1].told] == ["s1", None]


def test_an_event_that_has_come_before_does_nothing() -> None:
    """Within the window in which ids are remembered."""
    trial = tried(sends("d", {"event": "purchase"}), history=(purchase(),))
    assert trial.duplicate
    assert (trial.happens, trial.silent, trial.outside) == ((), (), ())
    assert trial.now == Instant(parse_instant(NOON))


def test_what_the_stream_itself_tells_of_a_message_that_was_held_back_is_taken_over() -> None:
    """Its reason, the instant from which it would be admitted, and what more it says; nothing is asked again."""
    trial = tried(sends("d", {"event": "purchase"}))
    record: Record = {
        "distribution_id": "d", "reason": "once", "until": "2026-04-01T00:00:00Z", "detail": "data.line: no",
    }  # fmt: skip
    facts = Facts(CustomerId("c-42"), {}, {}, {}, trial.now, trial.event)
    told = [Told(SUPPRESSIONS, record)]
    (held_back,) = silent(
        facts, Milliseconds(0), trial.before, told, rules(sends("d", {"event": "purchase"}))
    )
    at = parse_instant("2026-04-01")
    assert held_back == ("distribution", "d", ("event", "purchase"), "once", at, (), "data.line: no")


def test_what_an_internal_event_sets_off_is_asked_of_that_event() -> None:
    """A rule sees its attributes, not those of the event that was tried."""
    rule = {
        "rules": {
            "1": {"name": "custom_event.metadata", "property": "segment_id", "conditions": {"$is": ["b"]}}
        }
    }
    entered = EventName("customer.segment.entered")
    definitions = (
        defined("segment", "a", filter="count(purchase) > 0"),
        sends("d", {"event": entered}, validation_rule=rule),
    )
    known = EVENTS | {entered: EventShape({"segment_id": "text"}, additional=True)}
    of = Rules(compile_ruleset(definitions, known, clock="stream"), definitions)
    trial = try_event(purchase(), NEW_CUSTOMER, parse_instant(NOON), of)
    (failed,) = only(trial).failed
    assert (only(trial).trigger, failed.found) == (("event", entered), "a")
