"""What a ruleset is expected to publish over a history, said in SQL and reckoned by the oracle.

A test writes the rules twice: as definitions, and as predicates here. Nothing is read from the definitions.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from tests.backtest.oracle import Change, Oracle
from tests.backtest.outputs import Entry, Ledger, ledger


class When(NamedTuple):
    """What sets off a message or a grant."""

    trigger: Literal["event", "segment_entered", "segment_left"]
    subject: str
    """The event's name or the segment's id."""
    condition: str = "true"
    """Over ``cds`` and ``amount``, for events."""
    causes: tuple[str, ...] = ("event", "time")
    """Which changes of a segment count."""
    cooldown: int = 0
    """Days that must have passed since the last time."""
    most: tuple[int, int] | None = None
    """So many times within any so many days."""


class Grant(NamedTuple):
    """Points for a campaign."""

    campaign: str
    when: When
    points: str
    """A number, or an expression over ``cds`` and ``amount`` for events. Nothing is granted where it is 0."""


@dataclass(frozen=True)
class Rules:
    """A ruleset as the oracle understands it."""

    days: tuple[int, ...]
    """Every number of days at which one of the predicates may change its mind."""
    segments: Mapping[str, str]
    messages: Mapping[str, When] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)


class Expected(NamedTuple):
    """What is to be published."""

    changes: Ledger
    triggers: Ledger
    points: Ledger


Placed = tuple[int, Entry]
"""An entry with the place of its moment in the customer's life."""


def expected_of(rules: Rules, events: Path, until: str | None = None) -> Expected:
    """Everything that ``rules`` cause over the history in ``events``."""
    oracle = Oracle(events, rules.days, until)
    changes = oracle.changes(rules.segments)
    return Expected(
        _in_order((change.place, _change(change)) for change in changes),
        _in_order(
            one
            for name, when in rules.messages.items()
            for one in _limited(_messages(oracle, changes, name, when), when)
        ),
        _in_order(
            one
            for name, grant in rules.grants.items()
            for one in _limited(_grants(oracle, changes, name, grant), grant.when)
        ),
    )


def _in_order(placed: Iterable[Placed]) -> Ledger:
    return ledger(entry for _, entry in sorted(placed, key=lambda one: (one[1].customer, one[0])))


def _limited(placed: Iterable[Placed], when: When) -> Iterator[Placed]:
    """Leave out what comes too soon or too often after what was let through, for each customer."""
    let_through: dict[str, list[datetime]] = defaultdict(list)
    for place, entry in sorted(placed, key=lambda one: (one[1].customer, one[0])):
        at = datetime.fromisoformat(str(entry.moment[0]))
        before = let_through[entry.customer]
        times, days = when.most or (len(before) + 1, 0)
        lately = [one for one in before if at - one < timedelta(days=days)]
        rested = not before or at - before[-1] >= timedelta(days=when.cooldown)
        if rested and len(lately) < times:
            before.append(at)
            yield place, entry


def _change(change: Change) -> Entry:
    moment = (change.occurred_at, change.cause, change.event_id)
    return Entry(change.customer, moment, (change.segment, change.change))


def _turns(changes: Iterable[Change], when: When) -> Iterator[Change]:
    turned = when.trigger.removeprefix("segment_")
    for change in changes:
        if (change.segment, change.change) == (when.subject, turned) and change.cause in when.causes:
            yield change


def _messages(oracle: Oracle, changes: list[Change], name: str, when: When) -> Iterator[Placed]:
    if when.trigger == "event":
        for bought in oracle.moments(when.subject, when.condition):
            item = (name, "event", None)
            moment = (bought.occurred_at, "event", bought.event_id)
            yield bought.place, Entry(bought.customer, moment, item)
        return
    for change in _turns(changes, when):
        yield change.place, _change(change)._replace(item=(name, when.trigger, change.segment))


def _grants(oracle: Oracle, changes: list[Change], name: str, grant: Grant) -> Iterator[Placed]:
    if grant.when.trigger == "event":
        for bought in oracle.moments(grant.when.subject, grant.when.condition, grant.points):
            if bought.value:
                item = (grant.campaign, name, bought.value)
                yield bought.place, Entry(bought.customer, (bought.occurred_at, bought.event_id), item)
        return
    for change in _turns(changes, grant.when):
        item = (grant.campaign, name, int(grant.points))
        yield change.place, Entry(change.customer, (change.occurred_at, change.event_id), item)
