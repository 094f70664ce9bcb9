"""Places inside a definition, and the faults found there.

Decides how a fault is worded and which known name is nearest. Knows no file and no line (whoever read the file does),
and nothing of what the definitions mean. Nothing stops at the first fault: checks note it and go on.
"""

import difflib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from streams.domain.definitions import Fault

ABSENT: Final = object()
"""Stands for a value that is not there at all, as opposed to null."""

NOTES = frozenset({"kind", "id", "name", "description", "metadata"})
"""Keys that every definition may carry and that decide nothing."""

_LONGEST = 60


class Place(NamedTuple):
    """A place inside the body of one definition; ``noted`` collects the faults of all places."""

    kind: str
    id: str
    path: tuple[str | int, ...]
    noted: list[Fault]

    def at(self, *keys: str | int) -> "Place":
        """The place further inside."""
        return Place(self.kind, self.id, (*self.path, *keys), self.noted)

    def fault(self, expected: str, found: object, hint: str | None = None) -> None:
        """Note that something else was expected here."""
        self.noted.append(Fault(self.kind, self.id, self.path, expected, shown(found), hint))

    def unknown(self, what: str, name: object, known: Iterable[str]) -> None:
        """Note that ``name`` names no such thing, with the nearest name that does."""
        self.fault(f"a defined {what}", name, nearest(str(name), known))

    def mapping(self, value: object) -> Mapping[str, object] | None:
        """``value`` as a mapping with text keys, or a fault. Keys that YAML reads as numbers become text."""
        if isinstance(value, Mapping):
            return {str(key): inner for key, inner in value.items()}
        self.fault("a mapping", value)
        return None

    def text(self, value: object) -> str | None:
        """``value`` as a text that is not empty, or a fault."""
        if isinstance(value, str) and value:
            return value
        self.fault("a text", value)
        return None

    def boolean(self, value: object) -> bool:
        """``value`` as true or false; a fault otherwise, and false."""
        if not isinstance(value, bool):
            self.fault("true or false", value)
        return value is True

    def choice(self, value: object, options: Collection[str]) -> str | None:
        """``value`` if it is one of the options, or a fault."""
        if isinstance(value, str) and value in options:
            return value
        self.fault("one of " + ", ".join(options), value, nearest(str(value), options))
        return None

    def keys(self, body: Mapping[str, object], allowed: Collection[str]) -> None:
        """Note every key that means nothing here."""
        for key in body:
            if key not in allowed:
                self.at(key).fault("one of " + ", ".join(sorted(allowed)), key, nearest(key, allowed))


def shown(value: object) -> str:
    """A value as a fault shows it: JSON where possible, cut when long."""
    if value is ABSENT:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    return cut(text)


def cut(text: str) -> str:
    """A text that is not too long to show, or its beginning."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known name that looks most like ``name``, if one does."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}?" if close else None
