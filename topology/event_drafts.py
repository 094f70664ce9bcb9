"""A new event definition from a few words an attribute: what ``tidemark schema new`` writes.

Decides how an attribute is said on a command line (``rating:integer,min=1,max=5``) and which Avro stands for it. JSON
has no comments, so every field gets a ``doc``. Whether the result is a good definition is checked where all are.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from schemas.attributes import Attribute, expectation
from schemas.definitions import read_definition
from schemas.errors import SchemaError
from schemas.examples import example_attributes
from schemas.names import hint
from streams.engine.errors import ConfigurationError

Avro = dict[str, Any]

TYPES: Mapping[str, Any] = {
    "text": "string",
    "integer": "long",
    "decimal": "double",
    "boolean": "boolean",
    "date": {"type": "int", "logicalType": "date"},
    "datetime": {"type": "long", "logicalType": "timestamp-millis"},
    "image_url": "string",
    "geopoint": None,
    "object": None,
    "one_of": None,
    "list": None,
}
"""The types of attributes by the words that a person uses; ``None`` for those that are put together."""

_OPTIONS = ("min", "max", "minLength", "maxLength", "pattern", "default", "doc")
_SPLIT = re.compile(rf",(?=(?:{'|'.join(_OPTIONS)})=)")
_TYPE = re.compile(r"(?P<word>\w+)(?:\((?P<inner>.*)\))?(?P<optional>\?)?", re.DOTALL)


class Draft(NamedTuple):
    """One attribute as it was said."""

    path: tuple[str, ...]
    """Its name, after those of the objects that hold it."""
    word: str
    """One of ``TYPES``."""
    inner: str | None
    """What a list holds, the choices of a ``one_of``."""
    optional: bool
    options: Mapping[str, str]


class About(NamedTuple):
    """What is said of the event itself."""

    doc: str | None = None
    owner: str | None = None
    additional: bool = False
    """Whether it may carry attributes beyond the defined ones."""
    example: object = None
    """Attributes; ``None`` for some that are made from the types."""


NOTHING_SAID = About()


def read_draft(text: str) -> Draft:
    """Read ``NAME:TYPE[?][,limit=…][,default=…][,doc=…]``. Raises ``ConfigurationError``."""
    name, _, rest = text.partition(":")
    kind, *options = _SPLIT.split(rest)
    said = _TYPE.fullmatch(kind.strip())
    if not name.strip() or said is None:
        raise ConfigurationError(f"{text!r}: expected NAME:TYPE, such as rating:integer,min=1,max=5")
    if said["word"] not in TYPES:
        told = "; ".join(filter(None, (f"a type of {', '.join(TYPES)}", hint(said["word"], TYPES))))
        raise ConfigurationError(f"{text!r}: expected {told}, found {said['word']!r}")
    pairs = dict(option.split("=", 1) for option in options)
    return Draft(tuple(name.strip().split(".")), said["word"], said["inner"], bool(said["optional"]), pairs)


def draft_definition(name: str, drafts: Sequence[Draft], about: About = NOTHING_SAID) -> Avro:
    """The Avro record of an event with these attributes, checked, with a doc in every field.

    It carries an example unless none can be made, as for a mandatory text with a pattern. Raises ``SchemaError``
    where it is no definition.
    """
    record = re.sub(r"\W", "_", name, flags=re.ASCII)
    record = record if record.isidentifier() else f"event_{record}"
    document: Avro = {"type": "record", "name": record}
    if record != name:
        document["event"] = name
    document["doc"] = about.doc or f"Say here when {name} happens."
    if about.owner:
        document["owner"] = about.owner
    if about.additional:
        document["additional"] = True
    _refuse_conflicts(drafts)
    fields = _fields(drafts, (), record)
    definition = read_definition({**document, "fields": fields}, f"event/{name}")
    _add_docs(fields, definition.attributes)
    example = example_attributes(definition) if about.example is None else about.example
    finished = {**document, "example": example, "fields": fields}
    try:
        read_definition(finished, f"event/{name}")
    except SchemaError:
        if about.example is not None:
            raise
        del finished["example"]
    return finished


def _refuse_conflicts(drafts: Sequence[Draft]) -> None:
    """An attribute is said once, and only an object has others inside."""
    said: set[tuple[str, ...]] = set()
    for draft in drafts:
        if draft.path in said:
            raise ConfigurationError(f"{'.'.join(draft.path)}: expected each attribute once, found it twice")
        said.add(draft.path)
    for single in (draft for draft in drafts if draft.word != "object"):
        depth = len(single.path)
        if any(path[:depth] == single.path for path in said if len(path) > depth):
            where = ".".join(single.path)
            raise ConfigurationError(f"{where}: expected an object, for it has members, found {single.word}")


def _add_docs(fields: Sequence[Avro], attributes: Mapping[str, Attribute]) -> None:
    for field in fields:
        attribute = attributes[field["name"]]
        field.setdefault("doc", _sentence(expectation(attribute)))
        if attribute.type == "object":
            avro = field["type"]
            _add_docs((avro[1] if isinstance(avro, list) else avro)["fields"], attribute.attributes)


def _fields(drafts: Sequence[Draft], path: tuple[str, ...], record: str) -> list[Avro]:
    """The fields of the object at ``path``; one that is only named by its members is made."""
    depth = len(path)
    inside = [draft for draft in drafts if draft.path[:depth] == path and len(draft.path) > depth]
    said = {draft.path[depth]: draft for draft in inside if len(draft.path) == depth + 1}
    names = dict.fromkeys(draft.path[depth] for draft in inside)
    fields = []
    for name in names:
        place = (*path, name)
        draft = said.get(name, Draft(place, "object", None, optional=False, options={}))
        if draft.word == "object":
            fields.append(_field(draft, _object(_fields(drafts, place, record), record, place)))
        else:
            fields.append(_field(draft, _type(draft.word, draft.inner, record, place)))
    return fields


def _field(draft: Draft, avro: Any) -> Avro:
    field: Avro = {"name": draft.path[-1], "type": avro}
    options = dict(draft.options)
    if "default" in options:
        field["default"] = _value(options.pop("default"))
    elif draft.optional:
        field |= {"type": ["null", avro], "default": None}
    if draft.word == "image_url":
        field["attribute"] = "image_url"
    field |= {name: text if name in {"pattern", "doc"} else _value(text) for name, text in options.items()}
    return field


def _type(word: str, inner: str | None, record: str, place: tuple[str, ...]) -> Any:
    name = "_".join((record, *place))
    if word == "geopoint":
        return _object([{"name": "lat", "type": "double"}, {"name": "lon", "type": "double"}], record, place)
    if word == "one_of":
        return {"type": "enum", "name": name, "symbols": [each.strip() for each in (inner or "").split("|")]}
    if word == "list":
        said = _TYPE.fullmatch(inner or "text")
        if said is None or said["word"] not in TYPES or said["word"] == "object":
            where = ".".join(place)
            raise ConfigurationError(f"{where}: expected list(TYPE) of a single value, found {inner!r}")
        items = _type(said["word"], said["inner"], record, (*place, "item"))
        image = said["word"] == "image_url"
        return {"type": "array", "items": {"type": items, "attribute": "image_url"} if image else items}
    return TYPES[word]


def _object(fields: list[Avro], record: str, place: tuple[str, ...]) -> Avro:
    return {"type": "record", "name": "_".join((record, *place)), "fields": fields}


def _value(text: str) -> Any:
    """A number, a boolean, a list or an object as JSON has them; anything else is text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
