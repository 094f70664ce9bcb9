"""What is remembered of a customer, as a JSON document, and back.

Decides names and how instants are written (RFC 3339). The digests of event ids, by which repetitions are told, are left
out: nobody else can use them.

    {"occurrences": {"purchase": {"count": 3, "first": "2026-11-01T10:00:00Z", "last": "2026-11-23T10:00:00Z",
                                  "days": {"2026-11-01": 1, "2026-11-23": 2}}},
     "profile": {"metadata": {"club_level": "Gold"}},
     "segments": {"reviewers": {"version": 3, "entered_at": "2026-11-23T10:00:00Z", "announced": true}},
     "balances": {"club": 40}, "firings": {"distribution/thanks": ["2026-11-23T10:00:00Z"]},
     "due": "2026-12-23T10:00:00Z", "sequence": 17, "ruleset": "1f0c…"}

``days`` are the newest 400 days by UTC on which the event occurred, with how often; ``announced`` is whether the
entry was published; ``due`` is the next instant at which time alone may change something, null for never;
``sequence`` is the number of output records so far; ``ruleset`` says under which definitions the segments were
decided.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from streams.domain.day_counts import counts_since, day_counts
from streams.domain.instants import DAY, Instant, format_instant, parse_instant
from streams.domain.state import NEW_CUSTOMER, CustomerState, Membership, Occurrence

_INSTANTS = frozenset({"first", "last", "entered_at"})


def customer_document(state: CustomerState) -> dict[str, Any]:
    """The document."""
    return {
        "occurrences": {name: _occurrence(each) for name, each in state.occurrences.items()},
        "profile": dict(state.profile),
        "segments": {name: _written(each._asdict()) for name, each in state.segments.items()},
        "balances": dict(state.balances),
        "firings": {name: [format_instant(at) for at in each] for name, each in state.firings.items()},
        "due": None if state.due is None else format_instant(state.due),
        "sequence": state.sequence,
        "ruleset": state.ruleset,
    }


def read_customer_document(document: Mapping[str, Any]) -> CustomerState:
    """The state in a document. Raises ``KeyError`` or ``ValueError`` for what is none."""
    return NEW_CUSTOMER._replace(
        occurrences={name: _read_occurrence(each) for name, each in document["occurrences"].items()},
        profile=document["profile"],
        segments={name: _read(each, Membership) for name, each in document["segments"].items()},
        balances=document["balances"],
        firings={name: tuple(map(parse_instant, each)) for name, each in document["firings"].items()},
        due=None if document["due"] is None else parse_instant(document["due"]),
        sequence=document["sequence"],
        ruleset=document["ruleset"],
    )


def _occurrence(occurrence: Occurrence) -> dict[str, Any]:
    days = {_date(day): count for day, count in counts_since(occurrence.days, 0)}
    return {**_written(occurrence._asdict()), "days": days}


def _read_occurrence(fields: Mapping[str, Any]) -> Occurrence:
    days = day_counts((parse_instant(date) // DAY, count) for date, count in fields["days"].items())
    occurrence: Occurrence = _read({**fields, "days": days}, Occurrence)
    return occurrence


def _date(day: int) -> str:
    return format_instant(Instant(day * DAY)).partition("T")[0]


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: format_instant(value) if name in _INSTANTS else value for name, value in fields.items()}


def _read(fields: Mapping[str, Any], form: Any) -> Any:
    """The named tuple with these fields."""
    read = {name: parse_instant(value) if name in _INSTANTS else value for name, value in fields.items()}
    return msgspec.convert([read[name] for name in form._fields if name in read], form)
