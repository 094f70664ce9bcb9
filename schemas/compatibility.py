"""Whether a definition may take the place of an earlier one: what would break, for whom, and why.

Joins Avro's rules and this project's own under one of four modes. Does not know where definitions come from, nor what
is done about one that may not.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from schemas.avro_resolution import Unreadable, unreadable
from schemas.compatibility_mode import Mode
from schemas.definitions import EventDefinition, attributes_of
from schemas.narrowing import narrowed

Direction = Literal["backward", "forward"]
_BREAKS = {
    "backward": "events by the old definition would be rejected",
    "forward": "readers of the old definition could not read new events",
}


class Incompatibility(NamedTuple):
    """One thing that a change of a definition would break."""

    event: str
    path: str
    """The attribute, such as ``items[].quantity``; empty for the event itself."""
    direction: Direction
    reason: str

    def __str__(self) -> str:
        where = f"{self.event}: {self.path}" if self.path else self.event
        return f"{where}: {self.reason} ({_BREAKS[self.direction]})"


def incompatibilities(
    old: EventDefinition, new: EventDefinition, mode: Mode = "FULL"
) -> tuple[Incompatibility, ...]:
    """All that replacing ``old`` by ``new`` would break under ``mode``, in the order of attributes."""
    found: list[Incompatibility] = []
    if mode in {"FULL", "BACKWARD"}:
        found += [Incompatibility(new.name, path, "backward", reason) for path, reason in _backward(old, new)]
    if mode in {"FULL", "FORWARD"}:
        parts = unreadable(old.document, new.document)
        found += [Incompatibility(new.name, path, "forward", reason) for path, reason in parts]
    return tuple(found)


def _backward(old: EventDefinition, new: EventDefinition) -> Iterator[Unreadable]:
    """Avro's reasons, then our own."""
    by_avro = unreadable(new.document, old.document)
    yield from by_avro
    yield from narrowed(attributes_of(old), attributes_of(new), {part.path for part in by_avro})
