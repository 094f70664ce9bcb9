"""Why a customer is in segments or not, at an instant, from the stored state; and the answer as a JSON document.

Decides what may be asked. What holds, and when that changes, the heart says. Does not know where the state comes from.
"""

from typing import Any, NamedTuple

import msgspec

from streams.domain.advance import advance
from streams.domain.explain import Explained, ExplainedCondition, ExplainedSegment, explain
from streams.domain.facts import Facts
from streams.domain.faults import nearest, shown
from streams.domain.identities import CustomerId, SegmentId
from streams.domain.instants import Instant, format_instant
from streams.domain.ruleset import Ruleset
from streams.domain.segments import Segment
from streams.domain.signals import Tick
from streams.domain.state import CustomerState
from streams.engine.errors import ConfigurationError


class Question(NamedTuple):
    """What is asked about one customer."""

    customer_id: CustomerId
    now: Instant
    """What the clock reads."""
    at: Instant | None = None
    """The instant that is asked about; none for now."""
    segment: str | None = None
    """None for all."""


class Explanation(NamedTuple):
    """The answer."""

    question: Question
    at: Instant
    known: bool
    """Whether anything is known of the customer; of whom nothing is known, nothing is decided."""
    segments: tuple[ExplainedSegment, ...]
    """Those that the customer is in come first; by id."""


def answer(question: Question, state: CustomerState, ruleset: Ruleset) -> Explanation:
    """The answer from the customer's state as it is now, moved on to the instant that is asked about.

    Raises ``ConfigurationError`` for an instant that is past, and for a segment that is not defined.
    """
    customer, now, at, name = question
    at = now if at is None else at
    if at < now:
        raise ConfigurationError(
            f"expected an instant from {format_instant(now)} on, found {format_instant(at)}: "
            "what is stored of a customer does not tell what was before"
        )
    asked = tuple(ruleset.segments.values()) if name is None else (_segment(name, ruleset),)
    state = advance(state, Tick(customer, at), ruleset).state
    facts = Facts(customer, state.occurrences, state.profile, state.segments, at, None)
    explained = [explain(segment, facts, ruleset.segments) for segment in asked]
    explained.sort(key=lambda one: (not one.inside, one.segment.id))
    return Explanation(question, at, bool(state.ruleset), tuple(explained))


def explanation_json(explanation: Explanation) -> str:
    """The answer as one JSON document."""
    document = {
        "customer_id": explanation.question.customer_id,
        "at": format_instant(explanation.at),
        "known": explanation.known,
        "segments": [_segment_document(one) for one in explanation.segments] if explanation.known else [],
    }
    return msgspec.json.format(msgspec.json.encode(document)).decode()


def _segment(name: str, ruleset: Ruleset) -> Segment:
    segment = ruleset.segments.get(SegmentId(name))
    if segment is None:
        hint = nearest(name, ruleset.segments)
        raise ConfigurationError(
            f"expected a defined segment, found {shown(name)}{f' ({hint})' if hint else ''}"
        )
    return segment


def _segment_document(explained: ExplainedSegment) -> dict[str, Any]:
    return {
        "segment_id": explained.segment.id,
        "type": explained.segment.type,
        "in": explained.inside,
        "since": _written(explained.since),
        "changes_at": _written(explained.changes_at),
        "looked_until": _written(explained.looked_until),
        "filter": None if explained.filter is None else _document(explained.filter),
    }


def _document(explained: Explained) -> dict[str, Any]:
    answered = {"holds": explained.holds, "changes_at": _written(explained.changes_at)}
    if isinstance(explained, ExplainedCondition):
        occurred = {} if explained.occurred_at is None else {"occurred_at": _written(explained.occurred_at)}
        return {"condition": explained.text, "value": explained.value, **occurred, **answered}
    return {
        "junction": "or" if explained.alternative else "and",
        "not": explained.negated,
        **({} if explained.calendar is None else {"calendar": explained.calendar}),
        **answered,
        "members": [_document(member) for member in explained.members],
    }


def _written(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)
