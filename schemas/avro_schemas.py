"""Avro schemas as data: their named types, and the properties that this project adds to Avro's.

``"form": "json"`` on a string: free-form JSON travels as text. ``"form": "instant"`` on a time: it is read as an
``Instant``, not as text. ``"nulls": "absent"`` on a record: in the JSON form a null member is left out. A field
``_additional``: members beyond the named ones, as the JSON text of an object. Avro itself ignores all of these, so
any Avro library reads and writes such data.
"""

from collections.abc import Mapping
from typing import Any

ADDITIONAL = "_additional"
"""The field of a record that carries members beyond the named ones."""

Names = Mapping[str, Mapping[str, Any]]
"""Record and enum types of a schema, by name with and without namespace."""


def named_types(schema: object, namespace: str = "") -> dict[str, Mapping[str, Any]]:
    """Every named type that is defined somewhere in the schema, however wrong the schema is otherwise."""
    found: dict[str, Mapping[str, Any]] = {}
    if isinstance(schema, list):
        for branch in schema:
            found |= named_types(branch, namespace)
    elif isinstance(schema, dict):
        namespace = schema.get("namespace", namespace)
        name = schema.get("name")
        if isinstance(name, str) and schema.get("type") in ("record", "enum"):
            found |= {name: schema, f"{namespace}.{name}": schema}
        for inner in _inner_types(schema):
            found |= named_types(inner, namespace)
    return found


def without_logical_types(schema: Any) -> Any:
    """The same schema with the same fingerprint, whose dates and instants are plain numbers."""
    if isinstance(schema, list):
        return [without_logical_types(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: value for key, value in schema.items() if key != "logicalType"}
    for key in ("type", "items", "values"):
        if key in plain:
            plain[key] = without_logical_types(plain[key])
    if "fields" in plain:
        plain["fields"] = [without_logical_types(field) for field in plain["fields"]]
    return plain


def single_branch(union: list[Any]) -> tuple[Any, int]:
    """The one type beside null in a union, and its index. Raises ``ValueError`` for any other union."""
    others = [(branch, index) for index, branch in enumerate(union) if branch != "null"]
    if len(union) != 2 or len(others) != 1:
        raise ValueError("only unions of null and one other type are used here")
    return others[0]


def _inner_types(schema: Mapping[str, Any]) -> list[object]:
    fields = schema.get("fields")
    types = (
        [field.get("type") for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
    )
    return [*types, *(schema[key] for key in ("type", "items") if key in schema)]
