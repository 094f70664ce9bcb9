"""JSON values as types, and how a value is shown to a person.

Decides the wording of *found* in every rejection; knows nothing of events.
"""

from collections.abc import Mapping

import msgspec

JsonScalar = str | int | float | bool | None
JsonValue = JsonScalar | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]

SHOWN = 200
"""Characters of a value that are shown; the original bytes are kept elsewhere."""

_KINDS: Mapping[type, str] = {
    bool: "boolean",  # before int, of which it is a kind
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
}


def shown(value: object) -> str:
    """The value with its kind in front, such as ``text "5"``; shortened to ``SHOWN`` characters."""
    if value is None:
        return "null"
    kind = next((word for type_, word in _KINDS.items() if isinstance(value, type_)), type(value).__name__)
    return shortened(f"{kind} {_written(value)}")


def shortened(text: str) -> str:
    """The text itself, or its beginning and an ellipsis."""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def step(path: str, key: str) -> str:
    """The path of a member: ``metadata.rating``; a key that is no plain name stands in brackets and quotes."""
    key = shortened(key)
    if key.isidentifier():
        return f"{path}.{key}" if path else key
    return f"{path}[{_written(key)}]"


def _written(value: object) -> str:
    if isinstance(value, str):
        value = value[:SHOWN]
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        return shortened(repr(value)) if isinstance(value, int) else "that cannot be shown"
