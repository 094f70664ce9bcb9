"""YAML as the 1.2 core schema has it, with the place of every part."""

import pytest

from streams.engine.errors import ConfigurationError
from topology.definitions.places import Document
from topology.definitions.yaml_source import read_yaml


def only(text: str) -> Document:
    """The one document of a text."""
    (document,) = read_yaml(text, "f.yaml")
    return document


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("y", "y"),
        ("12", 12),
        ("-7", -7),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("2026-11-23", "2026-11-23"),
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("!!str 12", "12"),
        ("P7D", "P7D"),
    ],
)
def test_plain_scalars_are_read_as_yaml_1_2_does(written: str, value: object) -> None:
    """Only true, false, null and numbers are more than text."""
    read = only(f"key: {written}\n").value
    assert isinstance(read, dict)
    assert read["key"] == value
    assert type(read["key"]) is type(value)


def test_on_is_a_key_like_any_other() -> None:
    """The key of a distribution's limits survives without quotes."""
    assert only("limits: {on: [event, time]}").value == {"limits": {"on": ["event", "time"]}}


def test_every_part_has_its_line_and_column() -> None:
    """Scalars stand where they are written, mappings and lists where their key is."""
    document = only("id: a\nfilter:\n  junction: and\n  values: [x,\n    y]\n")
    found = {path: (place.line, place.column) for path, place in document.places.items()}
    assert found == {
        (): (1, 1),
        ("id",): (1, 5),
        ("filter",): (2, 1),
        ("filter", "junction"): (3, 13),
        ("filter", "values"): (4, 3),
        ("filter", "values", 0): (4, 12),
        ("filter", "values", 1): (5, 5),
    }


def test_a_part_that_is_not_there_is_looked_for_around_its_place() -> None:
    """What is missing is reported where it should have stood."""
    place = only("a: 1\nfilter:\n  junction: and\n").locate(("filter", "groups", 0))
    assert str(place) == "f.yaml:2:1"


def test_documents_are_separated_and_empty_ones_left_out() -> None:
    """A file may hold many definitions; a stray separator is no definition."""
    documents = list(read_yaml("---\na: 1\n---\n---\n# a remark\n---\nb: 2\n", "f.yaml"))
    assert [document.value for document in documents] == [{"a": 1}, {"b": 2}]
    assert documents[1].places["b",].line == 7


def test_an_alias_stands_for_what_its_anchor_names() -> None:
    """Anchors spare repetition; a fault inside is shown where it is written."""
    document = only("one: &rule\n  junction: and\ntwo: *rule\n")
    assert document.value == {"one": {"junction": "and"}, "two": {"junction": "and"}}
    assert str(document.locate(("two", "junction"))) == "f.yaml:2:13"


BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: expected each key once, found 'a' a second time"),
        ("a:\n  - {b: 1, b: 2}\n", "f.yaml:2:12: expected each key once, found 'b' a second time"),
        ("1: a\n", "f.yaml:1:1: expected a text as key, found 1; put it in quotes"),
        ("? [a]\n: b\n", "f.yaml:1:3: expected a text as key, found a mapping or a list"),
        ("a: [1, 2\nb: 3\n", "f.yaml:2:2: not YAML: "),
        ("a: b: c\n", "f.yaml:1:5: not YAML: mapping values are not allowed in this context"),
        ("a:\n\t- b\n", "f.yaml:2:1: not YAML: "),
        ("a: *b\n", "f.yaml:1:4: expected an anchor &b before its alias, found none"),
        (
            "a: &a [*a]\n",
            "f.yaml:1:8: expected an alias of something that is finished, found *a inside itself",
        ),
        ("a: !!python/name:os.system x\n", "f.yaml:1:4: expected plain data without tags, found "),
        ("a: !secret x\n", "f.yaml:1:4: expected plain data without tags, found !secret"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "f.yaml:3:3: expected keys of YAML 1.2, which has no merging"),
        ("a: .inf\n", "f.yaml:1:4: expected a number that JSON can write, found inf"),
        ("a: 1e999\n", "f.yaml:1:4: expected a number that JSON can write, found inf"),
        ("a: .nan\n", "f.yaml:1:4: expected a number that JSON can write, found nan"),
        ("a: \x01\n", "f.yaml:1:1: not YAML: control characters are not allowed"),
        ("[" * 65, "f.yaml:1:65: expected at most 64 levels of nesting, found more"),
        (BOMB, "f.yaml:5:4: expected at most 200,000 values in a document, aliases included, found more"),
    ],
)
def test_what_is_not_plain_data_is_refused_at_its_place(text: str, message: str) -> None:
    """File, line and column of the mistake, and what was expected there."""
    with pytest.raises(ConfigurationError) as refusal:
        list(read_yaml(text, "f.yaml"))
    assert str(refusal.value).startswith(message)
