"""Where two JSON values differ, down to the smallest part: path, old, new.

Knows nothing of definitions.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from topology.definitions.places import Parts

ABSENT: Final = object()
"""Stands for a value that is not there, as opposed to null."""


class Difference(NamedTuple):
    """One part that is not the same; a side is ``ABSENT`` where the part was added or taken away."""

    path: Parts
    old: object
    new: object


def differences(old: Any, new: Any, path: Parts = ()) -> Iterator[Difference]:
    """The parts in which two JSON values differ, in the order of paths.

    Lists of one length are compared item by item; of different lengths, as a whole.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, (*path, index))
    elif type(old) is not type(new) or old != new:
        yield Difference(path, old, new)
