"""Definitions as they are applied: a kind, an id, a version and the body as written.

A definition is plain data until it is compiled into a ruleset. What is wrong with one is a list of faults, each with
the path inside the body, so that whoever loaded it can add file and line.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Kind = Literal["segment", "distribution", "earning_rule", "validation_rule", "campaign"]
KINDS: tuple[Kind, ...] = ("segment", "distribution", "earning_rule", "validation_rule", "campaign")

AttributeType = Literal[
    "text", "number", "boolean", "date", "datetime", "image_url", "geopoint", "object", "list", "one_of"
]


class EventShape(NamedTuple):
    """What the heart needs to know of an event definition to check the rules that use it."""

    attributes: Mapping[str, AttributeType]
    additional: bool
    """Whether attributes beyond these are allowed."""


class Definition(NamedTuple):
    """One versioned definition; ``body`` is its JSON form, ``kind`` and ``id`` included."""

    kind: Kind
    id: str
    version: int
    body: Mapping[str, object]


class Fault(NamedTuple):
    """One thing that is wrong with one definition."""

    kind: str
    id: str
    path: tuple[str | int, ...]
    """Keys and indexes from the top of the body to the place, e.g. ``("filter", "events.x.count", "conditions")``."""
    expected: str
    found: str
    hint: str | None = None
    """What to do, such as the nearest known name."""


class DefinitionError(Exception):
    """The definitions do not compile; nothing of them may be used. Shows every fault at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "; ".join(
                f"{f.kind}/{f.id} at {'.'.join(map(str, f.path)) or 'top'}: expected {f.expected}, found {f.found}"
                for f in faults
            )
        )
