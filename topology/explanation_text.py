"""Why a customer is in a segment or not, as a person reads it.

Decides wording and layout only.
"""

from collections.abc import Iterator
from typing import NamedTuple

from streams.domain.conditions import DaysSince, SegmentReference
from streams.domain.explain import Explained, ExplainedCondition, ExplainedGroup, ExplainedSegment
from streams.domain.faults import ABSENT, shown
from streams.domain.instants import Instant, format_instant
from topology.explaining import Explanation
from topology.printable import printable
from topology.tables import table

Marks = tuple[str, str]
"""How is marked what holds, and what does not."""

PLAIN: Marks = ("yes", "no")
ON_TERMINAL: Marks = ("✓", "✗")


class _Line(NamedTuple):
    """One part of a filter."""

    text: str
    """Indented."""
    holds: bool
    detail: str


def explanation_text(explanation: Explanation, marks: Marks = PLAIN) -> str:
    """The answer as text: the segments as a table, or the parts of the one that was asked for as a tree."""
    question, at, known, segments = explanation
    if not known:
        return f"Nothing is known of {printable(question.customer_id)}."
    if question.segment is None:
        rows = [_row(one, marks) for one in segments]
        return f"{printable(question.customer_id)} at {format_instant(at)}\n\n{table(_HEAD, rows)}"
    (explained,) = segments
    where = "on its list" if explained.filter is None else "in it"
    ahead = f" at {format_instant(at)}" if at > question.now else ""
    since = "" if explained.since is None else f", since {format_instant(explained.since)}"
    verdict = f"is {where}" if explained.inside else f"is not {where}"
    head = f"{explained.segment.id}: {printable(question.customer_id)} {verdict}{ahead}{since}"
    if explained.filter is None:
        return head
    return "\n".join([f"{head}; {_outlook(explained)}", *_tree(explained.filter, marks)])


_HEAD = ("segment", "type", "in it", "since", "if nothing happens")


def _row(explained: ExplainedSegment, marks: Marks) -> tuple[str, ...]:
    since = "" if explained.since is None else format_instant(explained.since)
    changes = (
        "" if explained.changes_at is None else f"{_change(explained)} {format_instant(explained.changes_at)}"
    )
    return explained.segment.id, explained.segment.type, _mark(explained.inside, marks), since, changes


def _outlook(explained: ExplainedSegment) -> str:
    """What time alone will do."""
    if explained.changes_at is not None:
        return f"{_change(explained)} {format_instant(explained.changes_at)} if nothing else happens"
    if explained.looked_until is not None:
        return f"time alone does not change that before {format_instant(explained.looked_until)}"
    return "time alone does not change that"


def _change(explained: ExplainedSegment) -> str:
    return "leaves" if explained.inside else "enters"


def _tree(filter_: ExplainedGroup, marks: Marks) -> Iterator[str]:
    lines = list(_lines(filter_, ""))
    text_width = max(len(line.text) for line in lines)
    mark_width = max(map(len, marks))
    for text, holds, detail in lines:
        yield f"{text:<{text_width}}  {_mark(holds, marks):<{mark_width}}  {detail}".rstrip()


def _lines(part: Explained, indent: str) -> Iterator[_Line]:
    if isinstance(part, ExplainedCondition):
        details = (value_text(part), _until(part.changes_at))
        yield _Line(f"{indent}{printable(part.text)}", part.holds, ", ".join(filter(None, details)))
        return
    label = _label(part)
    if label:
        yield _Line(f"{indent}{label}", part.holds, _until(part.changes_at))
    for member in part.members:
        yield from _lines(member, f"{indent}  " if label else indent)


def _label(group: ExplainedGroup) -> str:
    """How the members are joined; nothing where that makes no difference."""
    junction = "or" if group.alternative else "and"
    if len(group.members) == 1:
        joined = "not" if group.negated else ""
    else:
        joined = f"not (… {junction} …)" if group.negated else junction
    days = f"days in {group.calendar}" if group.calendar else ""
    return ", ".join(filter(None, (joined, days)))


def value_text(part: ExplainedCondition) -> str:
    """What a condition sees."""
    value, condition = part.value, part.condition
    if isinstance(condition, DaysSince):
        if part.occurred_at is None:
            return "never"
        return f"{value} {'day' if value == 1 else 'days'} ({format_instant(part.occurred_at)})"
    if isinstance(condition, SegmentReference):
        return "in " + ", ".join(map(str, value)) if isinstance(value, list) and value else "in none of them"
    return printable(shown(ABSENT if value is None else value))


def _until(instant: Instant | None) -> str:
    return "" if instant is None else f"until {format_instant(instant)}"


def _mark(holds: bool, marks: Marks) -> str:  # noqa: FBT001  what is marked
    return marks[0] if holds else marks[1]
