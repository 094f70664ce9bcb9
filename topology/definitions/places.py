"""Values with the places where they stand in a file, built from a stream of marks.

Decides what is refused whatever the notation is: keys that occur twice, keys that are not text, numbers that
are none, nesting and aliases without end. Knows neither YAML nor JSON; their readers tell it what they meet,
in order.
"""

from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

from streams.engine.errors import ConfigurationError

Parts = tuple[str | int, ...]
Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

DEEPEST = 64
"""Levels of nesting; deeper than any rule that a person reads."""

LARGEST = 200_000
"""Values in one document, aliases counted each time they are used: a few hundred bytes of aliases of aliases
could otherwise fill any memory."""


class Place(NamedTuple):
    """A place in a file, counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def refuse(self, expected: str, found: str) -> ConfigurationError:
        """The refusal of what stands here."""
        return ConfigurationError(f"{self}: expected {expected}, found {found}")


class Document(NamedTuple):
    """One value as written in a file, and where each part of it stands."""

    value: Value
    places: Mapping[Parts, Place]

    def locate(self, path: Parts) -> Place:
        """The place of a part; of the nearest part around it that was written, if it was not."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


class Part(NamedTuple):
    """A finished value, where it stands, and the places of its parts relative to it."""

    value: Value
    place: Place
    inside: dict[Parts, Place]


class Builder:
    """Puts one document together from what a reader meets: ``open``, ``add`` and ``close``, in order."""

    def __init__(self) -> None:
        self._open: list[_Container] = []
        self._size = 0
        self.finished: Part | None = None
        """The whole document, once its last container is closed or its only scalar added."""

    def open(self, kind: type[dict[str, Value]] | type[list[Value]], place: Place) -> None:
        """A mapping or a list begins."""
        if len(self._open) >= DEEPEST:
            raise place.refuse(f"at most {DEEPEST} levels of nesting", "more")
        self._check_key(place, "a mapping or a list")
        self._open.append(_Container(kind(), place))

    def add(self, part: Part) -> None:
        """A finished value: a scalar, or what an alias stands for. In a mapping keys and values alternate."""
        self._size += 1 + len(part.inside)
        if self._size > LARGEST:
            raise part.place.refuse(f"at most {LARGEST:,} values in a document, aliases included", "more")
        if isinstance(part.value, float) and not isfinite(part.value):
            raise part.place.refuse("a number that JSON can write", str(part.value))
        if not self._open:
            self.finished = part
            return
        self._open[-1].put(part)

    def close(self) -> Part:
        """The innermost mapping or list ends; returns it."""
        done = self._open.pop()
        part = Part(done.value, done.place, done.inside)
        self._size -= len(part.inside)  # counted when they were added
        self.add(part)
        return part

    def _check_key(self, place: Place, found: str) -> None:
        if self._open and self._open[-1].awaits_key:
            raise place.refuse("a text as key", found)


class _Container:
    """A mapping or list that is being filled."""

    def __init__(self, value: dict[str, Value] | list[Value], place: Place) -> None:
        self.value = value
        self.place = place
        self.inside: dict[Parts, Place] = {}
        self._key: tuple[str, Place] | None = None

    @property
    def awaits_key(self) -> bool:
        """Whether the next value of this mapping is a key."""
        return isinstance(self.value, dict) and self._key is None

    def put(self, part: Part) -> None:
        """Take a key or a value."""
        if isinstance(self.value, list):
            self._hold(len(self.value), part, part.place)
            self.value.append(part.value)
        elif self._key is None:
            self._key = (self._new_key(part), part.place)
        else:
            key, place = self._key
            # A container is found by its key: that is the line on which a reader looks for it.
            self._hold(key, part, place if isinstance(part.value, dict | list) else part.place)
            self.value[key] = part.value
            self._key = None

    def _new_key(self, part: Part) -> str:
        if not isinstance(part.value, str):
            raise part.place.refuse("a text as key", f"{part.value!r}; put it in quotes")
        if isinstance(self.value, dict) and part.value in self.value:
            raise part.place.refuse("each key once", f"{part.value!r} a second time")
        return part.value

    def _hold(self, key: str | int, part: Part, place: Place) -> None:
        self.inside[key,] = place
        for path, below in part.inside.items():
            self.inside[(key, *path)] = below
