"""Definitions from a few words."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.attributes import Attribute, Limits
from schemas.definitions import read_definition
from schemas.errors import SchemaError
from streams.engine.errors import ConfigurationError
from topology.event_drafts import About, draft_definition, read_draft

SAID = [
    ("a:text", Attribute("text")),
    ("a:integer,min=1,max=5", Attribute("number", bits=64, limits=Limits(1, 5))),
    ("a:decimal?", Attribute("number", mandatory=False, nullable=True)),
    ("a:boolean,default=true", Attribute("boolean", mandatory=False, default=True)),
    ("a:text,default=none, or so", Attribute("text", mandatory=False, default="none, or so")),
    ("a:date", Attribute("date")),
    ("a:datetime", Attribute("datetime")),
    ("a:image_url", Attribute("image_url")),
    ("a:geopoint", Attribute("geopoint")),
    ("a:one_of(x|y)", Attribute("one_of", symbols=("x", "y"))),
    ("a:list(text)", Attribute("list", items=Attribute("text"))),
    (
        "a:list(one_of(x|y))?",
        Attribute("list", mandatory=False, nullable=True, items=Attribute("one_of", symbols=("x", "y"))),
    ),
    (
        "a:list(image_url),maxLength=3",
        Attribute("list", limits=Limits(max_length=3), items=Attribute("image_url")),
    ),
    (
        "a:text?,pattern=^[0-9]{2,3}$",
        Attribute("text", mandatory=False, nullable=True, limits=Limits(pattern="^[0-9]{2,3}$")),
    ),
]


def attributes(*texts: str, **about: Any) -> dict[str, Attribute]:
    """The attributes of a definition that was said so, without their docs."""
    document = draft_definition("e", [read_draft(text) for text in texts], About(**about))
    read = read_definition(document, "e.avsc").attributes
    return {name: undocumented(attribute) for name, attribute in read.items()}


def undocumented(attribute: Attribute) -> Attribute:
    """The attribute and what is in it, without docs."""
    inner = {name: undocumented(member) for name, member in attribute.attributes.items()}
    return replace(attribute, doc=None, attributes=inner)


@pytest.mark.parametrize(("text", "expected"), SAID, ids=[text for text, _ in SAID])
def test_every_type_can_be_said(text: str, expected: Attribute) -> None:
    """With limits, defaults, and a question mark for what may be missing."""
    assert attributes(text) == {"a": expected}


def test_a_dot_enters_an_object() -> None:
    """Objects need not be said, unless they may be missing."""
    read = attributes("from.city:text", "from.zip:text?", "to:object?", "to.city:text")
    city, code = Attribute("text"), Attribute("text", mandatory=False, nullable=True)
    assert read == {
        "from": Attribute("object", attributes={"city": city, "zip": code}),
        "to": Attribute("object", mandatory=False, nullable=True, attributes={"city": city}),
    }


def test_every_field_is_documented_and_the_event_exemplified() -> None:
    """JSON has no comments: doc says what a value must be where nobody said what it means."""
    drafts = [read_draft("a:integer,min=1,doc=How many, in all."), read_draft("to.city:text")]
    document = draft_definition("shop.order", drafts, About(owner="shop"))
    assert (document["name"], document["event"], document["owner"]) == ("shop_order", "shop.order", "shop")
    assert document["doc"] == "Say here when shop.order happens."
    first, second = document["fields"]
    assert first["doc"] == "How many, in all."
    assert second["doc"] == "Object of city."
    assert second["type"]["fields"][0]["doc"] == "Text."
    assert document["example"] == {"a": 1, "to": {"city": "text"}}


def test_where_no_example_can_be_made_there_is_none() -> None:
    """A mandatory text with a pattern; an example that is given is checked."""
    draft = read_draft("a:text,pattern=^[0-9]+$")
    assert "example" not in draft_definition("e", [draft])
    assert draft_definition("e", [draft], About(example={"a": "12"}))["example"] == {"a": "12"}
    with pytest.raises(SchemaError, match=r"event/e at example\.a: expected text matching"):
        draft_definition("e", [draft], About(example={"a": "x"}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rating", "expected NAME:TYPE, such as rating:integer,min=1,max=5"),
        (":text", "expected NAME:TYPE"),
        ("a:integr", "did you mean integer?, found 'integr'"),
    ],
)
def test_what_cannot_be_understood_is_told(text: str, words: str) -> None:
    """With what was expected, and the nearest word."""
    with pytest.raises(ConfigurationError) as refusal:
        read_draft(text)
    assert words in str(refusal.value)


def test_what_makes_no_definition_is_told_with_its_place() -> None:
    """The same words as for a definition in a file."""
    with pytest.raises(SchemaError, match=r"event/e at fields\.a\.min: expected no limit but minLength"):
        draft_definition("e", [read_draft("a:text,min=1")])
    with pytest.raises(ConfigurationError, match="a: expected each attribute once, found it twice"):
        draft_definition("e", [read_draft("a:text"), read_draft("a:date")])
    with pytest.raises(ConfigurationError, match="a: expected an object, for it has members, found text"):
        draft_definition("e", [read_draft("a.b:date"), read_draft("a:text")])
    with pytest.raises(
        ConfigurationError, match=r"a: expected list\(TYPE\) of a single value, found 'object'"
    ):
        draft_definition("e", [read_draft("a:list(object)")])
