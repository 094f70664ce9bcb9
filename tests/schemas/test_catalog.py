"""Definitions from directories and documents."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.catalog import EVENTS_DIRECTORY, Catalog, load_catalog, load_definition
from schemas.errors import SchemaError


def document(name: str, *fields: str, **properties: Any) -> dict[str, Any]:
    """A definition whose attributes are texts."""
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": f, "type": "string"} for f in fields],
        **properties,
    }


def put(directory: Path, name: str, content: Any) -> Path:
    """A definition in a file."""
    file = directory / f"{name}.avsc"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def faults(*directories: Path) -> list[tuple[str, ...]]:
    """What is wrong, with the names of the files instead of their paths."""
    with pytest.raises(SchemaError) as caught:
        load_catalog(directories)
    return [(Path(fault.file).name, *fault[1:]) for fault in caught.value.faults]


def test_the_definitions_that_come_with_tidemark() -> None:
    """They load, and the record shop's purchase is among them."""
    definitions = load_catalog([EVENTS_DIRECTORY]).definitions
    assert {"new_review", "cart_abandoned", "page_viewed", "purchase", "store_visited"} <= set(definitions)
    assert {name: attribute.type for name, attribute in definitions["purchase"].attributes.items()} == {
        "cds": "number",
        "amount": "number",
    }
    assert definitions["page_viewed"].additional


def test_files_in_and_below_a_directory(tmp_path: Path) -> None:
    """Every ``*.avsc`` is a definition; other files are not looked at."""
    put(tmp_path, "one", document("one", "a"))
    put(tmp_path / "deeper", "two", document("two"))
    (tmp_path / "notes.yaml").write_text("kind: segment")
    assert set(load_catalog([tmp_path]).definitions) == {"one", "two"}


def test_later_directories_add_and_replace(tmp_path: Path) -> None:
    """An event of a later directory replaces that of an earlier one: a shop defines its own purchase."""
    put(tmp_path / "a", "one", document("one", "old"))
    put(tmp_path / "a", "two", document("two"))
    put(tmp_path / "b", "one", document("one", "new"))
    definitions = load_catalog([tmp_path / "a", tmp_path / "b"]).definitions
    assert set(definitions) == {"one", "two"}
    assert set(definitions["one"].attributes) == {"new"}


def test_a_name_with_dots(tmp_path: Path) -> None:
    """The property ``event`` names an event whose name Avro does not allow; the file is named after it."""
    put(tmp_path, "customer.order.paid", document("customer_order_paid", event="customer.order.paid"))
    assert set(load_catalog([tmp_path]).definitions) == {"customer.order.paid"}


def test_what_is_refused_in_files(tmp_path: Path) -> None:
    """All faults of all files are told, each with its file."""
    put(tmp_path, "broken", '{"type":\n "record",}')
    put(tmp_path, "list", [1])
    put(tmp_path, "enum", {"type": "enum", "name": "enum", "symbols": ["a"]})
    put(tmp_path, "misnamed", document("other"))
    put(tmp_path, "typo", {"type": "record", "name": "typo", "fields": [{"name": "a", "type": "txt"}]})
    (tmp_path / "bytes.avsc").write_bytes(b'{"\xff": 1}')
    put(tmp_path, "good", document("good"))
    record = "an Avro record, with type, name and fields"
    told = {file: (path, expected, found) for file, path, expected, found in faults(tmp_path)}
    assert set(told) == {f"{name}.avsc" for name in ("broken", "list", "enum", "misnamed", "typo", "bytes")}
    broken = "Expecting property name enclosed in double quotes at line 2, column 11"
    assert told["broken.avsc"] == ("", "JSON", broken)
    assert told["list.avsc"] == ("", record, "list [1]")
    assert told["enum.avsc"][:2] == ("", record)
    assert told["misnamed.avsc"] == (
        "",
        "the definition of misnamed, after which it is named",
        'text "other"',
    )
    assert told["typo.avsc"][0] == "fields.a.type"
    assert told["bytes.avsc"][1] == "JSON in UTF-8"


def test_two_files_for_one_event(tmp_path: Path) -> None:
    """Within a directory an event has one file."""
    first = put(tmp_path / "a", "one", document("one"))
    put(tmp_path / "b", "one", document("one"))
    assert faults(tmp_path) == [("one.avsc", "", f"one file for an event; {first} defines it too", "one")]


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    """It is named."""
    assert faults(tmp_path / "missing") == [("missing", "", "a directory", "nothing")]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """One definition by its file: the same error."""
    with pytest.raises(
        SchemaError, match="expected a file that can be read, found No such file or directory"
    ):
        load_definition(tmp_path / "missing.avsc")


def test_documents_from_elsewhere() -> None:
    """A catalog may be made of documents, and added to; the one that was added to stays as it was."""
    catalog = Catalog.from_documents({"one": document("one", "a")})
    more = catalog.with_documents({"one": document("one", "b"), "two": document("two")})
    assert set(catalog.definitions["one"].attributes) == {"a"}
    assert set(more.definitions["one"].attributes) == {"b"}
    assert set(more.definitions) == {"one", "two"}
    assert more.definitions["two"].document == document("two")


def test_the_namespace_of_the_envelope_is_taken() -> None:
    """A type of the same name as one of the wire schema's own is refused when it is defined, not when it is used."""
    with pytest.raises(SchemaError, match=r"no type of the namespace tidemark\.wire"):
        Catalog.from_documents({"customer": document("customer", namespace="tidemark.wire")})
    assert Catalog.from_documents({"customer": document("customer")}).definitions


def test_documents_that_are_refused() -> None:
    """The file of a message is the kind and name under which the document was published."""
    with pytest.raises(SchemaError) as caught:
        Catalog.from_documents({"one": document("two"), "three": None, "four": document("four")})
    assert [fault.file for fault in caught.value.faults] == ["event/one", "event/three"]
