"""Avro fields read as attributes: which Avro types an event definition may use, and what each means.

Decides what a definition may say, and refuses the rest with the place, the expectation and what was found: all faults
at once. Does not know where a definition came from.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from schemas.attributes import Attribute, AttributeType
from schemas.avro_schemas import ADDITIONAL, Names, named_types
from schemas.conformance import compile_attribute
from schemas.errors import Place, SchemaError, SchemaFault
from schemas.instants import EARLIEST, LATEST, date_of, format_instant
from schemas.json_values import JsonValue, shown
from schemas.limits import merged, read_limits
from schemas.rejections import Fault

_PRIMITIVES: Mapping[str, Attribute] = {
    "string": Attribute("text"),
    "double": Attribute("number"),
    "long": Attribute("number", bits=64),
    "int": Attribute("number", bits=32),
    "boolean": Attribute("boolean"),
}
_LOGICAL: Mapping[tuple[object, object], AttributeType] = {
    ("int", "date"): "date",
    ("long", "timestamp-millis"): "datetime",
}
_PRIMITIVE_NAMES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
_SUPPORTED = (
    "string, double, long, int, boolean, int with logicalType date, long with logicalType timestamp-millis, "
    "record, array, enum, or a union of null and one of these"
)


class _Scope(NamedTuple):
    """The named types of a document, and those whose inside is being read."""

    names: Names
    open: tuple[str, ...] = ()


def read_record(document: Mapping[str, Any], place: Place) -> Attribute:
    """A whole definition as one object attribute. Raises ``SchemaError`` with every fault."""
    return _record(document, place, _Scope(named_types(document)))


def _record(document: Mapping[str, Any], place: Place, scope: _Scope) -> Attribute:
    name, fields = _type_name(document, place), document.get("fields")
    if name in scope.open:
        raise place.at("name").error("a record that does not hold itself", shown(name))
    if not isinstance(fields, list):
        raise place.at("fields").error("a list of fields", shown(fields))
    additional = document.get("additional", False)
    if not isinstance(additional, bool):
        raise place.at("additional").error("true or false", shown(additional))
    attributes = _fields(fields, place.at("fields"), _Scope(scope.names, (*scope.open, name)))
    if additional and ADDITIONAL in attributes:
        raise (
            place.at("fields")
            .at(ADDITIONAL)
            .error("another name: this one carries additional attributes", ADDITIONAL)
        )
    return Attribute("object", attributes=attributes, additional=additional, doc=_doc(document, place))


def _type_name(document: Mapping[str, Any], place: Place) -> str:
    """The name of a record or an enum; fastavro takes any."""
    for key, name in (("namespace", document.get("namespace", "a")), ("name", document.get("name"))):
        if not isinstance(name, str) or not all(
            part.isascii() and part.isidentifier() for part in name.split(".")
        ):
            raise place.at(key).error(
                "a name of letters, digits and _, with dots for namespaces", shown(name)
            )
    name = str(document["name"])
    if name.rpartition(".")[2] in _PRIMITIVE_NAMES:
        raise place.at("name").error(
            f"a name that is not a type of Avro's own ({', '.join(_PRIMITIVE_NAMES)})", shown(name)
        )
    return name


def _fields(fields: list[Any], place: Place, scope: _Scope) -> dict[str, Attribute]:
    attributes: dict[str, Attribute] = {}
    faults: list[SchemaFault] = []
    for index, field in enumerate(fields):
        try:
            name = _field_name(field, place.at(index), attributes)
            attributes[name] = _field(field, place.at(name), scope)
        except SchemaError as error:
            faults.extend(error.faults)
    if faults:
        raise SchemaError(faults)
    return attributes


def _field_name(field: Any, place: Place, taken: Mapping[str, Attribute]) -> str:
    if not isinstance(field, dict):
        raise place.error("a field with name and type", shown(field))
    name = field.get("name")
    if not isinstance(name, str) or not (name.isascii() and name.isidentifier()):
        raise place.at("name").error("a name of letters, digits and _", shown(name))
    if name in taken:
        raise place.at("name").error("a name that no other field has", shown(name))
    return name


def _field(field: Mapping[str, Any], place: Place, scope: _Scope) -> Attribute:
    attribute = _type(field.get("type"), place.at("type"), scope)
    attribute = _qualified(attribute, field, place)
    attribute = replace(attribute, doc=_doc(field, place) or attribute.doc)
    if "default" in field:
        default = _default(field["default"], attribute, field["type"], place.at("default"))
        return replace(attribute, mandatory=False, default=default)
    if attribute.nullable:
        raise place.at("default").error("a default, since the attribute may be null", "nothing")
    return attribute


def _qualified(attribute: Attribute, properties: Mapping[str, Any], place: Place) -> Attribute:
    """The attribute with what stands beside its type: ``attribute`` and the limits."""
    if "attribute" in properties:
        if properties["attribute"] != "image_url" or attribute.type not in {"text", "image_url"}:
            raise place.at("attribute").error('"image_url", on a string', shown(properties["attribute"]))
        attribute = replace(attribute, type="image_url")
    limits = read_limits(properties, attribute.type, place)
    return replace(attribute, limits=merged(limits, attribute.limits))


def _type(avro: Any, place: Place, scope: _Scope) -> Attribute:
    if isinstance(avro, list):
        return _union(avro, place, scope)
    if isinstance(avro, dict):
        return _complex(avro, place, scope)
    if isinstance(avro, str) and avro in _PRIMITIVES:
        return _PRIMITIVES[avro]
    if isinstance(avro, str) and avro in scope.names:
        return _complex(scope.names[avro], place, scope)
    raise place.error(_SUPPORTED, "nothing" if avro is None else shown(avro))


def _union(branches: list[Any], place: Place, scope: _Scope) -> Attribute:
    others = [(index, branch) for index, branch in enumerate(branches) if branch != "null"]
    if len(branches) != 2 or len(others) != 1:
        raise place.error("a union of null and one other type", shown(branches))
    index, branch = others[0]
    attribute = _type(branch, place.at(index), scope)
    if attribute.nullable:
        raise place.at(index).error("no union inside a union", shown(branch))
    return replace(attribute, nullable=True)


def _complex(avro: Mapping[str, Any], place: Place, scope: _Scope) -> Attribute:
    kind = avro.get("type")
    if kind == "record":
        return _object(avro, place, scope)
    if kind == "array":
        attribute = Attribute("list", items=_type(avro.get("items"), place.at("items"), scope))
    elif kind == "enum":
        attribute = Attribute("one_of", symbols=_symbols(avro, place))
    elif "logicalType" in avro:
        attribute = _logical(avro, place)
    elif isinstance(kind, str) and kind in _PRIMITIVES:
        attribute = _PRIMITIVES[kind]
    else:
        raise place.error(_SUPPORTED, shown(dict(avro)))
    return _qualified(attribute, avro, place)


def _object(avro: Mapping[str, Any], place: Place, scope: _Scope) -> Attribute:
    record = _record(avro, place, scope)
    decimals = {
        name
        for name, inner in record.attributes.items()
        if inner == replace(_PRIMITIVES["double"], doc=inner.doc)
    }
    if decimals == set(record.attributes) == {"lat", "lon"}:
        return Attribute("geopoint", doc=record.doc)
    if not record.attributes and not record.additional:
        raise place.at("fields").error("at least one field", "none")
    return record


def _symbols(avro: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    _type_name(avro, place)
    symbols = avro.get("symbols")
    if not isinstance(symbols, list) or not symbols or not all(isinstance(symbol, str) for symbol in symbols):
        raise place.at("symbols").error("a list of names", shown(symbols))
    return tuple(symbols)


def _logical(avro: Mapping[str, Any], place: Place) -> Attribute:
    kind = _LOGICAL.get((avro.get("type"), avro["logicalType"]))
    if kind is None:
        raise place.at("logicalType").error("date on int, or timestamp-millis on long", shown(dict(avro)))
    return Attribute(kind)


def _doc(properties: Mapping[str, Any], place: Place) -> str | None:
    doc = properties.get("doc")
    if doc is not None and not isinstance(doc, str):
        raise place.at("doc").error("text", shown(doc))
    return doc


def _default(value: Any, attribute: Attribute, avro: Any, place: Place) -> JsonValue:
    """The default in JSON form, checked like any value. Avro wants it to fit the first branch of a union."""
    if isinstance(avro, list):
        if (avro[0] == "null") != (value is None):
            raise place.error(f"a default for the first type of the union, {shown(avro[0])}", shown(value))
        if value is None:
            return None
    faults: list[Fault] = []
    default = compile_attribute(attribute, "")(_json_form(value, attribute), faults)
    if faults:
        raise place.error(faults[0].expected, faults[0].found)
    return default


def _json_form(value: Any, attribute: Attribute) -> JsonValue:
    """A default as Avro writes it, dates and instants as numbers, in the form that events have."""
    if attribute.type == "date" and type(value) is int:
        return date_of(value) or value
    if attribute.type == "datetime" and type(value) is int:
        return format_instant(value) if EARLIEST <= value <= LATEST else value
    if attribute.items is not None and isinstance(value, list):
        return [_json_form(item, attribute.items) for item in value]
    if isinstance(value, dict):
        members = attribute.attributes
        return {
            name: _json_form(inner, members[name]) if name in members else inner
            for name, inner in value.items()
        }
    return value  # type: ignore[no-any-return]
