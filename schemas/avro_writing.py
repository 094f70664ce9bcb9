"""From the JSON form to the values that fastavro writes: the other direction of ``avro_reading``.

Compiled from the schema; ``None`` instead of a conversion means that the value stays as it is.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schemas.avro_schemas import ADDITIONAL, Names, single_branch
from schemas.instants import days_of, is_date, parse_instant

Convert = Callable[[Any], Any]


def compile_writing(schema: Any, names: Names) -> Convert | None:
    """The conversion of one type. It raises ``ValueError`` for a text that is no date, no instant or not base64."""
    if isinstance(schema, list):
        return _optional(compile_writing(single_branch(schema)[0], names))
    if isinstance(schema, str):
        return compile_writing(names[schema], names) if schema in names else _LEAVES.get(schema)
    kind = schema["type"]
    if kind == "record":
        return _record({field["name"]: compile_writing(field["type"], names) for field in schema["fields"]})
    if kind == "array":
        return _array(compile_writing(schema["items"], names))
    if isinstance(kind, str):
        return _LEAVES.get(schema.get("form") or schema.get("logicalType") or kind)
    return compile_writing(kind, names)


def _optional(convert: Convert | None) -> Convert | None:
    return None if convert is None else lambda value: None if value is None else convert(value)


def _array(convert: Convert | None) -> Convert | None:
    return None if convert is None else lambda values: [convert(value) for value in values]


def _record(members: Mapping[str, Convert | None]) -> Convert | None:
    converted = [(name, convert) for name, convert in members.items() if convert is not None]

    def convert_record(record: Mapping[str, Any]) -> dict[str, Any]:
        result = dict(record)
        for name, convert in converted:
            if name in result:
                result[name] = convert(result[name])
        return result

    def gather(record: Mapping[str, Any]) -> dict[str, Any]:
        more = {name: value for name, value in record.items() if name not in members}
        named = {name: value for name, value in record.items() if name in members}
        return {**convert_record(named), ADDITIONAL: _json(more) if more else None}

    if ADDITIONAL in members:
        return gather
    return convert_record if converted else None


def _date(text: str) -> int:
    if not is_date(text):
        raise ValueError(f"not a date: {text}")
    return days_of(text)


def _instant(text: str) -> int:
    instant = parse_instant(text)
    if instant is None:
        raise ValueError(f"not an instant: {text}")
    return instant


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError(f"not base64: {text}") from error


_LEAVES: Mapping[str, Convert] = {
    "date": _date,
    "timestamp-millis": _instant,
    "instant": _instant,
    "json": _json,
    "bytes": _bytes,
}
