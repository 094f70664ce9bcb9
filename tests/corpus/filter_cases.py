"""Cases of filters as anyone can read and write them: one customer, and of many filters whether she is in or out.

A file of ``filters/`` holds many customers, one YAML document each::

    customer: Looked in at noon on 1 March and not again.
    profile: {email: …, metadata: {…}}        # given with the first event
    events:                                   # in order of arrival; all events are defined, without attributes
      - {visit: 2026-03-01T12:00:00Z}         # "id" and "profile" may stand beside
    segments: [...]                           # definitions that the filters refer to
    until: 2026-04-01T00:00:00Z               # how far time goes on
    cases:
      - in: less than 5 days ends with the fifth day      # the sentence, under the answer after the last event
        filter: {events.visit.last_occurred: {conditions: {$less_than: [5]}}}
        then: [{left: 2026-03-06T12:00:00Z}]  # all that time changes from then on; nothing unless given
        as: {...}                             # another way to write the filter, which must answer alike
      - {out: …, at: 2026-03-04T00:00:00Z, filter: …}     # the answer at another instant, and nothing on what follows

Without ``until`` nothing is said on what follows either. What a case expects was worked out by hand from the page on
segments, never from what comes out.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from streams.domain.instants import Instant, parse_instant
from tests.corpus.cases import PlainLoader

FILTERS = Path(__file__).parent / "filters"
CUSTOMER = "c-42"
"""The customer of every case; also in the lists of static segments."""

_CUSTOMER_KEYS = {"customer", "profile", "events", "segments", "until", "cases"}
_CASE_KEYS = {"in", "out", "filter", "then", "as", "at"}


class Told(NamedTuple):
    """An event as it arrives."""

    name: str
    occurred_at: Instant
    id: str
    profile: dict[str, Any]


class Customer(NamedTuple):
    """One customer with what happened to her."""

    name: str
    """The file, and her place in it."""
    told: Sequence[Told]
    segments: Sequence[dict[str, Any]]
    end: Instant
    """As far as any of her cases looks."""

    @property
    def begin(self) -> Instant:
        """What the clock reads at the first event."""
        return self.told[0].occurred_at

    @property
    def clock(self) -> Instant:
        """What the clock reads after the last event."""
        return max(one.occurred_at for one in self.told)


class FilterCase(NamedTuple):
    """One filter and what it answers."""

    file: str
    sentence: str
    customer: Customer
    written: Sequence[Any]
    """The filter; also as it may be written otherwise."""
    at: Instant
    answer: bool
    """Whether the customer is in, at ``at``."""
    then: Sequence[tuple[str, Instant]] | None
    """All that time changes after ``at``, up to the customer's end; none if nothing is said."""


class Change(NamedTuple):
    """One record of a segment that a filter stands in, as far as cases speak of it."""

    change: str
    cause: str
    occurred_at: Instant


Answers = tuple[bool, Sequence[tuple[str, Instant]] | None]
"""Whether the customer is in, and what time changes then; none if nothing is said on that."""


def filter_cases() -> Iterator[FilterCase]:
    """Every case of every file."""
    for file in sorted(FILTERS.glob("*.yaml")):
        documents = yaml.load_all(file.read_text(encoding="utf-8"), Loader=PlainLoader)
        for number, document in enumerate(documents, 1):
            yield from _cases(file.stem, number, document)


def customers_of(cases: Sequence[FilterCase]) -> list[Customer]:
    """The customers, in order of the files."""
    return list({case.customer.name: case.customer for case in cases}.values())


def lanes(customers: Sequence[Customer]) -> list[list[Customer]]:
    """The customers in rows, so that within a row each begins when the one before her has ended."""
    rows: list[list[Customer]] = []
    for customer in sorted(customers, key=lambda one: one.begin):
        free = (row for row in rows if row[-1].end <= customer.begin)
        row = next(free, None)
        if row is None:
            rows.append([customer])
        else:
            row.append(customer)
    return rows


def event_names(cases: Sequence[FilterCase]) -> set[str]:
    """All events that occur, and those that filters ask for in vain."""
    return {one.name for case in cases for one in case.customer.told} | {"refund"}


def answers(case: FilterCase, changes: Sequence[Change]) -> Answers:
    """What the records of one filter say about a case up to the customer's end, in the form of what it expects."""
    known = [one for one in changes if one.occurred_at <= case.customer.end]
    later = [one for one in known if one.cause == "time" and one.occurred_at > case.at]
    before = [one.change for one in known if one not in later]
    alternating = ["entered", "left"] * len(changes)
    assert [one.change for one in changes] == alternating[: len(changes)]
    then = [(one.change, one.occurred_at) for one in later]
    return before[-1:] == ["entered"], None if case.then is None else then


def _cases(file: str, number: int, document: dict[str, Any]) -> Iterator[FilterCase]:
    _refuse_surplus(document, _CUSTOMER_KEYS)
    told = [_told(index, dict(one), document) for index, one in enumerate(document["events"])]
    looks = [parse_instant(case["at"]) for case in document["cases"] if "at" in case]
    end = max([*(one.occurred_at for one in told), *looks, *_instants(document.get("until"))])
    customer = Customer(f"{file}-{number}", told, document.get("segments", []), end)
    for case in document["cases"]:
        _refuse_surplus(case, _CASE_KEYS)
        (answer,) = case.keys() & {"in", "out"}
        at = parse_instant(case["at"]) if "at" in case else customer.clock
        assert at >= customer.clock, case
        written = [case["filter"], *([case["as"]] if "as" in case else [])]
        speaks = "until" in document and "at" not in case
        then = [
            (change, parse_instant(moment)) for one in case.get("then", []) for change, moment in one.items()
        ]
        assert speaks or not then, case
        yield FilterCase(file, case[answer], customer, written, at, answer == "in", then if speaks else None)


def _told(index: int, one: dict[str, Any], document: Mapping[str, Any]) -> Told:
    identity = one.pop("id", f"event-{index}")
    profile = one.pop("profile", document.get("profile", {}) if index == 0 else {})
    ((name, occurred_at),) = one.items()
    return Told(name, parse_instant(occurred_at), identity, profile)


def _instants(written: str | None) -> list[Instant]:
    return [] if written is None else [parse_instant(written)]


def _refuse_surplus(mapping: Mapping[str, Any], keys: set[str]) -> None:
    if mapping.keys() - keys:
        raise ValueError(f"{mapping}: there is no {sorted(mapping.keys() - keys)}")
