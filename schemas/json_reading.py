"""JSON as senders write it, read or told what is wrong with it."""

import msgspec

from schemas.json_values import JsonValue, shortened
from schemas.rejections import Fault

_decode = msgspec.json.Decoder().decode


def read_json(value: bytes) -> JsonValue | Fault:
    """The value, or why it is none."""
    try:
        read: JsonValue = _decode(value)
    except UnicodeDecodeError as error:
        found = f"{error.reason} (byte {_first_not_utf8(value)})"
        return Fault("malformed_json", "value", "JSON in UTF-8", found)
    except msgspec.DecodeError as error:
        return Fault("malformed_json", "value", "JSON", shortened(str(error)))
    except RecursionError:
        return Fault("malformed_json", "value", "JSON", "nesting without end")
    return read


def _first_not_utf8(value: bytes) -> int:
    """Where in the whole value; the JSON decoder counts from the beginning of the text that it was in."""
    try:
        return len(value.decode())
    except UnicodeDecodeError as error:
        return error.start
