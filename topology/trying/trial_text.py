"""A trial as a person reads it, and as JSON.

Decides wording, order and layout: the customer before, what happens, what does not and why, what time does next. A
topic without words of its own is shown by its records.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from streams.agents.records import Record
from streams.domain.faults import ABSENT
from streams.domain.instants import format_instant
from streams.domain.lists import memberships_of
from streams.domain.state import CustomerState
from topology.explanation_text import value_text
from topology.printable import printable
from topology.scenarios.topics import INTERNAL
from topology.trying.failed_rules import FailedRule
from topology.trying.outside import Outside
from topology.trying.reasons import SUPPRESSIONS, Silent
from topology.trying.told import Told
from topology.trying.trial import Then, Trial

_LONGEST = 100
_INTERNAL = "customer."
"""How the names of internal events begin, which say again what else is told of the customer."""
_REASONS: Mapping[str, str] = {
    "not_live": "it is not live",
    "not_active": "it is not active",
    "not_started": "it has not started",
    "ended": "it has ended",
    "cause": "its `on` does not name event",
    "max_age": "the event is older than its max_age",
    "validation_rule": "its validation rule does not hold",
    "no_points": "that is worth no points",
    "cooldown": "its cooldown goes on",
    "max": "its max is reached",
    "paused": "it is paused",
    "once": "it has been sent once",
    "template": "its template fails",
}
"""Why something did not happen."""


def trial_text(trial: Trial) -> str:
    """The whole answer."""
    event = trial.event
    head = f"{event.name} of {printable(event.customer_id)} at {format_instant(event.occurred_at)}"
    late = "" if trial.now == event.occurred_at else f", which comes at {format_instant(trial.now)}"
    until = "Until it comes, by time or because these definitions are others"
    parts = [head + late, _part(until, [*_told(trial.until_then)]), _part("Before", _before(trial))]
    if trial.duplicate:
        parts.append("Nothing happens: an event of this id has come before.")
    else:
        happens = list(_told(trial.happens)) or ["nothing but that it is counted"]
        parts.append(_part("Happens", happens))
        parts.append(_part("Does not happen", [*_silent(trial.silent), *_outside(trial.outside)]))
    later = list(_later(trial.later))
    parts.append(_part("Then, if nothing else happens", later or ["time changes nothing"]))
    return "\n\n".join(part for part in parts if part)


def _part(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"  {printable(line)}" for line in lines)]) if lines else ""


def _before(trial: Trial) -> list[str]:
    state = trial.before
    if not state.occurrences and not state.profile:
        return ["nothing is known of the customer"]
    return list(_standing(state))


def _standing(state: CustomerState) -> Iterator[str]:
    custom = {name: each for name, each in state.occurrences.items() if not name.startswith(_INTERNAL)}
    for name, each in sorted(custom.items()):
        times = "once" if each.count == 1 else f"{each.count:,} times"
        yield f"event    {name} {times}, last {format_instant(each.last)}"
    for segment, membership in sorted(memberships_of(state.segments).items()):
        yield f"in       {segment} since {format_instant(membership.entered_at)}"
    for campaign, of_campaign in sorted(state.cards.items()):
        for code, card in sorted(of_campaign.items()):
            yield f"points   {card.balance:,} on {campaign}" + (f", card {code}" if code else "")
    if state.profile:
        yield f"profile  {_json(state.profile)}"


def _change(record: Record) -> str:
    return f"{'enters' if record['change'] == 'entered' else 'leaves'}  {record['segment_id']}"


def _message(record: Record) -> str:
    return f"sends   {record['distribution_id']}  {_json(record['message'])}"


def _points(record: Record) -> str:
    what = record["earning_rule_id"] or record.get("type")
    return f"earns   {what}  {record['points']:+,} points on {record['campaign_id']}, {record['balance']:,} in all"


_WORDS: Mapping[str, Callable[[Record], str]] = {
    "segment-changes": _change,
    "distribution-triggers": _message,
    "point-events": _points,
}
"""How a record is told in one line."""


def _told(told: Sequence[Told]) -> Iterator[str]:
    """A line for each record; internal events, which repeat most of them, in one."""
    internal = Counter(str(each.record["event"]) for each in told if each.topic == INTERNAL)
    for topic, record in told:
        words = _WORDS.get(topic)
        if words is not None:
            yield words(record)
        elif topic not in {INTERNAL, SUPPRESSIONS}:
            yield f"{topic}  {_json(record)}"
    if internal:
        named = (name if times == 1 else f"{name} x{times}" for name, times in internal.items())
        yield f"internal events: {', '.join(named)}"


def _silent(silent: Sequence[Silent]) -> Iterator[str]:
    for each in silent:
        until = "" if each.until is None else f", until {format_instant(each.until)}"
        detail = "" if each.detail is None else f": {each.detail}"
        yield f"{each.kind.replace('_', ' ')} {each.id}: {_REASONS.get(each.reason, each.reason)}{until}{detail}"
        yield from (f"    {_rule(rule)}" for rule in each.failed)


def _rule(rule: FailedRule) -> str:
    found = "nothing" if rule.found is ABSENT else _json(rule.found)
    message = "" if rule.message is None else f" ({rule.message})"
    if rule.conditions is None:
        return f"rule {rule.number}{message}"
    return f"rule {rule.number}: {rule.name} {_json(rule.conditions)}, found {found}{message}"


def _outside(outside: Sequence[Outside]) -> Iterator[str]:
    for each in outside:
        yield f"segment {each.id}: not entered"
        for condition, wanted in each.wanting:
            text = condition.text if wanted else f"not ({condition.text})"
            yield f"    {text}, found {value_text(condition)}"


def _later(later: Sequence[Then]) -> Iterator[str]:
    """Each instant once; what internal events repeat is left out."""
    for then in later:
        lines = _told([each for each in then.told if each.topic != INTERNAL])
        for number, line in enumerate(lines):
            at = format_instant(then.at)
            yield f"{at if number == 0 else ' ' * len(at)}  {line}"


def _json(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
