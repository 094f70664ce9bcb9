"""One scenario as written, checked as far as its own form goes.

The form, one YAML document each; ``README.md`` beside this module tells it to those who write them::

    case: A second review enters the segment.
    events: {new_review: {rating: number}}          # beside those that are defined; attributes by type
    definitions: [...]                              # in place of the directory's; version 1 unless given
    clock: stream                                   # or wall; then a step may say what the clock reads, as "now"
    only: [reviewers]                               # definitions whose records are compared; all unless given
    customers: [{source_id: c-42, name: Ann}]       # profiles known before
    given: [...]                                    # steps whose records are not compared
    when: [...]                                     # steps, see ``steps``
    then: {TOPIC: [...]}                            # records as on the output topic, all of them, in order;
                                                    # only the fields that are written are compared
    refused: [{kind: segment, id: …, path: […]}]    # instead of given, when and then: the definitions are refused

Knows neither what definitions mean nor what comes out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from streams.domain.ruleset import Clock
from topology.definitions.places import Document, Place

KEYS = ("case", "events", "definitions", "clock", "only", "customers", "given", "when", "then", "refused")
Step = Mapping[str, Any]
Expected = Mapping[str, Any]
"""A record, as far as it is written."""


class Scenario(NamedTuple):
    """One scenario."""

    name: str
    """What it says."""
    written: Document
    events: Mapping[str, Mapping[str, Any]]
    definitions: Sequence[dict[str, Any]]
    """Its own, as written."""
    clock: Clock
    only: Sequence[str] | None
    """Ids of the definitions whose records are compared; none for all."""
    customers: Sequence[Mapping[str, Any]]
    given: Sequence[dict[str, Any]]
    when: Sequence[dict[str, Any]]
    then: Mapping[str, Sequence[Expected]]
    """The records of each topic that is compared."""
    refused: Sequence[Expected] | None
    """The faults for which the definitions are refused; none if they are good."""

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.written.places[()]

    @property
    def brings_definitions(self) -> bool:
        """Whether it has definitions of its own, in place of the directory's."""
        return "definitions" in cast("Mapping[str, Any]", self.written.value)

    def locate(self, *path: str | int) -> Place:
        """Where a part of it stands."""
        return self.written.locate(path)


def customer_of(step: Mapping[str, Any]) -> str | None:
    """The customer that a step is about, as far as it tells."""
    customer = step.get("customer")
    if not isinstance(customer, Mapping):
        return None
    named = customer.get("source_id") or customer.get("id")
    return named if isinstance(named, str) else None
