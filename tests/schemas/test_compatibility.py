"""What a change of a definition breaks: by Avro's rules, by this project's own, and in which direction."""

from typing import Any

import pytest

from schemas.avro_resolution import unreadable
from schemas.catalog import EVENTS_DIRECTORY, load_catalog
from schemas.compatibility import Incompatibility, incompatibilities
from schemas.compatibility_mode import Mode
from schemas.definitions import EventDefinition, read_definition
from tests.schemas.conftest import STAY

OPTIONAL = {"default": None}
POINT = [{"name": "lat", "type": "double"}, {"name": "lon", "type": "double"}]
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}


def event(*fields: dict[str, Any], **properties: Any) -> EventDefinition:
    """A definition with these fields."""
    document = {"type": "record", "name": "e", "fields": list(fields), **properties}
    return read_definition(document, "e.avsc")


def field(avro: Any, **properties: Any) -> dict[str, Any]:
    """A field ``a`` of this type."""
    return {"name": "a", "type": avro, **properties}


def enum(*symbols: str, **properties: Any) -> dict[str, Any]:
    """A choice."""
    return {"type": "enum", "name": "choice", "symbols": list(symbols), **properties}


def record(*fields: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """An object."""
    return {"type": "record", "name": "inner", "fields": list(fields), **properties}


def broken(old: EventDefinition, new: EventDefinition, mode: Mode = "FULL") -> list[tuple[str, str]]:
    """Path and direction of what a change breaks."""
    return [(each.path, each.direction) for each in incompatibilities(old, new, mode)]


BACKWARD, FORWARD = "backward", "forward"

OURS = [
    (field("long", max=9), field("long", max=5), "max is 5, and it was 9"),
    (field("long"), field("long", max=5), "max is 5, and there was none"),
    (field("double", min=0), field("double", min=1.5), "min is 1.5, and it was 0"),
    (field("string"), field("string", minLength=1), "minLength is 1, and there was none"),
    (field("string", maxLength=9), field("string", maxLength=8), "maxLength is 8, and it was 9"),
    (field("string"), field("string", pattern="^x"), "pattern is ^x, and there was none"),
    (field("string", default="x"), field("string"), "it was optional and is mandatory now"),
    (field("string"), field("string", attribute="image_url"), "it was text and is image url now"),
    (field("long"), field(MILLIS), "it was number and is datetime now"),
    (field(MILLIS), field("long"), "it was datetime and is number now"),
    (
        field(enum("x", "y")),
        field(enum("x", default="x")),
        "y was allowed and no longer is",
    ),
    (
        field(record(field("long"), additional=True)),
        field(record(field("long"))),
        "additional attributes were allowed and no longer are",
    ),
]


@pytest.mark.parametrize(("old", "new", "reason"), OURS, ids=[reason for *_, reason in OURS])
def test_what_avro_does_not_know_is_refused_with_the_reason(
    old: dict[str, Any], new: dict[str, Any], reason: str
) -> None:
    """Events that were accepted would be rejected; the path is that of the attribute."""
    (found,) = incompatibilities(event(old), event(new), "BACKWARD")
    assert found == Incompatibility("e", "a", "backward", reason)


AVROS = [
    ("another type", field("string"), field("long"), [("a", BACKWARD), ("a", FORWARD)]),
    ("a wider number", field("int"), field("long"), [("a", FORWARD)]),
    ("a decimal for a whole one", field("long"), field("double"), [("a", FORWARD)]),
    ("null no longer", field(["null", "string"], **OPTIONAL), field("string", default=""), [("a", BACKWARD)]),
    ("null from now on", field("string"), field(["string", "null"], default="x"), [("a", FORWARD)]),
    ("another choice", field(enum("x")), field(enum("x", "y")), [("a", FORWARD)]),
    ("one choice less", field(enum("x", "y")), field(enum("x")), [("a", BACKWARD)]),
    (
        "inside an object in a list",
        field({"type": "array", "items": record({"name": "b", "type": "string"})}),
        field({"type": "array", "items": record({"name": "b", "type": "boolean"})}),
        [("a[].b", BACKWARD), ("a[].b", FORWARD)],
    ),
    (
        "inside an optional object",
        field(["null", record(field("long"))], **OPTIONAL),
        field(["null", record(field("long"), {"name": "b", "type": "long"})], **OPTIONAL),
        [("a.b", BACKWARD)],
    ),
    (
        "an object of another name",
        field(record(field("long"))),
        field({**record(field("long")), "name": "other"}),
        [("a", BACKWARD), ("a", FORWARD)],
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "found"), [case[1:] for case in AVROS], ids=[case[0] for case in AVROS]
)
def test_avro_judges_types_and_each_fault_is_told_at_its_attribute(
    old: dict[str, Any], new: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """By the rules of schema resolution in Avro's specification, in both directions."""
    assert broken(event(old), event(new)) == found


def test_a_new_attribute_needs_a_default() -> None:
    """Without one, events of before lack it; with one, nobody is broken."""
    old = event(field("long"))
    assert broken(old, event(field("long"), {"name": "b", "type": "long"})) == [("b", BACKWARD)]
    assert broken(old, event(field("long"), {"name": "b", "type": "long", "default": 0})) == []


def test_an_attribute_that_goes_breaks_those_who_send_it() -> None:
    """Unless further attributes are allowed; and who reads Avro by the old definition, unless it has a default."""
    gone, kept = {"name": "b", "type": "long", "default": 0}, field("long")
    assert broken(event(kept, gone), event(kept)) == [("b", BACKWARD)]
    assert broken(event(kept, gone), event(kept, additional=True)) == []
    mandatory = {"name": "b", "type": "long"}
    assert broken(event(kept, mandatory), event(kept, additional=True)) == [("b", FORWARD)]


def test_every_reason_is_told_at_once() -> None:
    """Whoever mends one need not come back for the next; a type is not refused twice."""
    old = event(field(["null", "long"], **OPTIONAL), {"name": "b", "type": "string"})
    new = event(field("long", max=5), {"name": "b", "type": MILLIS})
    assert [(each.path, each.reason) for each in incompatibilities(old, new, "BACKWARD")] == [
        ("a", "reader type: long not compatible with writer type: null"),
        ("b", "reader type: long not compatible with writer type: string"),
        ("a", "it was optional and is mandatory now"),
        ("a", "max is 5, and there was none"),
    ]


def test_further_attributes_cannot_be_forbidden_later() -> None:
    """The fault is that of the event itself."""
    (found,) = incompatibilities(event(additional=True), event(), "FULL")
    assert str(found) == (
        "e: additional attributes were allowed and no longer are (events by the old definition would be rejected)"
    )


WIDER = [
    (field("long", min=1, max=5), field("long", min=0, max=6)),
    (field("string", minLength=1, maxLength=5, pattern="^x"), field("string", minLength=0)),
    (field("string", attribute="image_url"), field("string")),
    (field("string"), field("string", default="x")),
    (field(record(*POINT)), field(record(*POINT, {"name": "alt", "type": "double", "default": 0.0}))),
    (field(record(field("long"))), field(record(field("long"), additional=True))),
    (field("long", doc="A."), field("long", doc="B.")),
]


@pytest.mark.parametrize(("old", "new"), WIDER)
def test_whoever_sends_what_was_allowed_goes_on(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Wider limits, defaults, further attributes and other words break nobody."""
    assert broken(event(old), event(new)) == []


def test_the_mode_says_which_direction_counts() -> None:
    """One change that breaks both; none of it under NONE."""
    old, new = event(field("string")), event(field("long"))
    assert broken(old, new, "BACKWARD") == [("a", BACKWARD)]
    assert broken(old, new, "FORWARD") == [("a", FORWARD)]
    assert broken(old, new, "NONE") == []


def test_a_definition_is_compatible_with_itself() -> None:
    """Every type of attribute, and every definition that comes along."""
    shipped = load_catalog([EVENTS_DIRECTORY]).definitions.values()
    for definition in (read_definition(STAY, "hotel_stay.avsc"), *shipped):
        assert broken(definition, definition) == []


def test_a_type_may_be_defined_once_and_used_twice() -> None:
    """Each use is judged where it stands."""
    twice = event(field(enum("x")), {"name": "b", "type": "choice"})
    more = event(field(enum("x", "y")), {"name": "b", "type": "choice"})
    assert broken(twice, twice) == []
    assert broken(twice, more) == [("a", FORWARD), ("b", FORWARD)]


def test_what_apache_avro_cannot_read_is_told() -> None:
    """It refuses more than others do; that is a reason, not an exception."""
    good, bad = ({"type": "record", "name": "e", "fields": [field(kind)]} for kind in ("long", "nothing"))
    (found,) = unreadable(good, bad)
    assert found.path == ""
    assert found.reason.startswith("Apache Avro cannot compare them: ")
