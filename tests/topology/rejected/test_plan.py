"""The plan of a replay, and how it is told."""

from streams.domain.instants import Instant
from tests.topology.rejected.events import NOW, ROOM, SECONDS, judge, received, visit
from topology.rejected.marks import Marks, mark_of
from topology.rejected.plan import Plan, plan_replay
from topology.rejected.plan_text import plan_text
from topology.rejected.selection import Selection

GOOD = received(visit(occurred_at="2025-11-20T10:00:00Z"))
BAD = received(visit(metadata={}), offset=101)
LARGE = received(b"{" + b" " * 5_000_000, offset=102)
DONE = received(visit(), offset=103)
MARKS = Marks([mark_of(DONE, Instant(NOW - 1), edited=True)[1]])


def plan(selection: Selection = Selection(), *, anyway: bool = False) -> Plan:  # noqa: B008 -- immutable
    """The plan for all of these by definitions that have the room."""
    return plan_replay([GOOD, BAD, LARGE, DONE], selection, MARKS, judge(SECONDS, ROOM), anyway=anyway)


def test_each_event_has_its_place() -> None:
    """Sent, left, impossible, or replayed before: every one that is meant is told."""
    made = plan()
    assert [*made.send] == [GOOD.identity]
    assert [*made.refused] == [BAD.identity]
    assert [*made.impossible] == [LARGE.identity]
    assert [*made.replayed] == [DONE.identity]
    assert made.found == 4
    assert made.found_ids == {f"custom-events-2-{number}" for number in range(100, 104)}
    assert not made.whole


def test_anyway_sends_what_would_be_rejected_again() -> None:
    """But neither what cannot be sent nor what was replayed before."""
    made = plan(anyway=True)
    assert [*made.send] == [GOOD.identity, BAD.identity]
    assert not made.refused


def test_what_is_not_meant_is_not_judged() -> None:
    """Filters and ids apply; a plan that does all is whole."""
    made = plan(Selection(ids=frozenset({GOOD.id})))
    assert (made.found, made.whole) == (1, True)


def test_the_plan_is_told_in_full() -> None:
    """Numbers, ids, the time at which each counts, and each fault in the words of the rejection."""
    assert plan_text(plan()) == (
        "Replayed before, and not sent again: 1.\n"
        "  custom-events-2-103 at 2025-11-24T15:59:59.999Z\n"
        "Cannot be sent: 1.\n"
        "  custom-events-2-102:\n"
        "    its original was too large to be kept here; it stands at custom-events-2-102 while that topic keeps it\n"
        "Would be rejected again, and are left (--anyway sends them): 1.\n"
        "  custom-events-2-101:\n"
        "    metadata.seconds: expected number, found nothing\n"
        "    metadata.room: expected text, found nothing\n"
        "To be sent to custom-events: 1.\n"
        "  custom-events-2-100: visit of c-1, counts at 2025-11-20T10:00:00Z"
    )


def test_many_are_counted() -> None:
    """Twenty stand by name, the others as a number; nothing is said of what is not there."""
    events = [received(visit(), offset=number) for number in range(25)]
    told = plan_text(plan_replay(events, Selection(), Marks([]), judge(SECONDS, ROOM), anyway=False))
    assert told.startswith("To be sent to custom-events: 25.")
    assert told.endswith("\n  … and 5 more")
    assert len(told.splitlines()) == 22
    assert plan_text(Plan()) == "No rejected events match."
