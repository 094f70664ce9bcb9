"""Values that no definition describes: additional attributes, profile fields, profile metadata.

They are kept in state and written again in other encodings, so what could not be written is refused here: numbers
beyond 64 bits and nesting beyond ``DEEPEST``.
"""

from collections.abc import Iterable
from itertools import islice

from schemas.json_values import JsonValue, shown, step
from schemas.rejections import MOST_FAULTS, Fault, Reason

DEEPEST = 32
"""Levels of objects and lists."""


def check_free_form(value: JsonValue, path: str, reason: Reason, faults: list[Fault]) -> None:
    """Append a fault of the given reason for every part of the value that could not be written again."""
    if _writable(value, 0):
        return
    for place, expected, found in islice(_unwritable(value, path, 0), MOST_FAULTS):
        faults.append(Fault(reason, place, expected, found))


def _writable(value: JsonValue, depth: int) -> bool:
    """Whether there is nothing to explain: the common case, without building paths."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if not isinstance(value, dict | list):
        return True
    if depth == DEEPEST:
        return False
    inner = value.values() if isinstance(value, dict) else value
    return all(_writable(part, depth + 1) for part in inner)


def _unwritable(value: JsonValue, path: str, depth: int) -> Iterable[tuple[str, str, str]]:
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            yield path, "whole number of 64 bits", shown(value)
    elif isinstance(value, dict | list) and depth == DEEPEST:
        yield path, f"at most {DEEPEST} levels of nesting", "more"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _unwritable(inner, step(path, key), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unwritable(inner, f"{path}[{index}]", depth + 1)
