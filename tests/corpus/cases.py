"""Cases as anyone can read and write them: given definitions, when these events come, then these records.

A file holds many cases, one YAML document each::

    case: A second review enters the segment.
    events: {new_review: {rating: number}}          # attributes by type; "additional: true" allows others
    definitions: [...]                              # as in a definitions directory; version 1 unless given
    clock: stream                                   # or wall; then every step says what the clock reads, as "now"
    when:
      - {id: e1, event: new_review, customer: {source_id: c-42}, occurred_at: …, metadata: {rating: 5}}
      - {tick: 2026-11-30T00:00:00Z}                # the clock moves on without an event
      - {apply: [...]}                              # from here on these definitions are live
    then:
      segment-changes: [...]                        # records as on the output topic, all of them, in order;
      distribution-triggers: [...]                  # only the fields that are written are compared
      point-events: [...]                           # a topic that is left out stays empty
      internal-events: [...]                        # those that Tidemark causes; not compared if left out
    refused: [{kind: segment, id: …, path: […], …}] # instead of when and then

Events are written as on the wire and records as on the output topics, so the same case can run through a broker. All
events of a case belong to one customer.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

TOPICS = ("segment-changes", "distribution-triggers", "point-events")
"""The topics whose records a case lists."""
INTERNAL_EVENTS = "internal-events"
"""The topic whose records a case lists only if it is about them: every case has some."""

_KEYS = {"case", "events", "definitions", "clock", "when", "then", "refused"}


class Case(NamedTuple):
    """One case as written."""

    name: str
    events: dict[str, dict[str, Any]]
    definitions: list[dict[str, Any]]
    clock: str
    when: list[dict[str, Any]]
    then: dict[str, list[dict[str, Any]]]
    refused: list[dict[str, Any]] | None


def cases_of(directory: Path) -> Iterator[tuple[str, Case]]:
    """Every case under a directory, with the name of its file."""
    for file in sorted(directory.glob("*.yaml")):
        for document in yaml.load_all(file.read_text(encoding="utf-8"), Loader=PlainLoader):
            yield file.stem, _case(document)


def compared(produced: Sequence[dict[str, Any]], expected: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was produced, cut down to the fields that the expected record in the same place names."""
    named = [set(record) for record in expected] + [set(produced[0])] * len(produced) if produced else []
    return [{key: record.get(key) for key in keys} for record, keys in zip(produced, named, strict=False)]


def _case(document: dict[str, Any]) -> Case:
    surplus = document.keys() - _KEYS | document.get("then", {}).keys() - {*TOPICS, INTERNAL_EVENTS}
    if surplus:
        raise ValueError(f"{document.get('case')}: a case has no {sorted(surplus)}")
    return Case(
        document["case"],
        document.get("events", {}),
        document["definitions"],
        document.get("clock", "stream"),
        document.get("when", []),
        {topic: [] for topic in TOPICS} | document.get("then", {}),
        document.get("refused"),
    )


class PlainLoader(yaml.SafeLoader):
    """Reads what JSON has: dates stay text, and so do ``on`` and ``off``."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), ["t", "f"])
