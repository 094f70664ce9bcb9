"""Values as templates see them: the same however they came in, and not too many of them.

A whole number has no point, whether it was written as 5 or came from Avro as 5.0; a mapping shows itself as JSON.
"""

import json
from collections.abc import Mapping
from typing import Final

from streams.domain.templates import Given, TemplateFailedError
from topology.templates.sandbox import MOST_GIVEN, Work

_MOST_DEPTH: Final = 20
_EXACT: Final = 2**53
"""Up to here every whole number is a double."""


class Shown(dict[str, object]):
    """A mapping that shows itself as JSON."""

    def __str__(self) -> str:
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))


def plain(given: Given) -> dict[str, object]:
    """What a template is given. Raises ``TemplateFailedError`` or ``BoundsError`` if it is too deep or too much."""
    work = Work(MOST_GIVEN)
    return {root: _plain(value, work, 0) for root, value in given.items()}


def _plain(value: object, work: Work, depth: int) -> object:
    if depth > _MOST_DEPTH:
        raise TemplateFailedError(f"values are nested more than {_MOST_DEPTH} deep")
    work.add(1 + len(value) if isinstance(value, str) else 1)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, Mapping):
        return Shown({str(key): _plain(inner, work, depth + 1) for key, inner in value.items()})
    if isinstance(value, (list, tuple)):
        return [_plain(inner, work, depth + 1) for inner in value]
    return value
