"""Errors in definitions, and places in documents."""

from schemas.errors import Place, SchemaError, SchemaFault


def test_an_error_shows_every_fault() -> None:
    """One line a fault, with file, place, expectation and finding."""
    error = SchemaError(
        [SchemaFault("a.avsc", "fields.x", "text", "nothing"), SchemaFault("b.avsc", "", "JSON", "x")]
    )
    assert str(error) == "a.avsc at fields.x: expected text, found nothing\nb.avsc: expected JSON, found x"
    assert (error.file, error.path, error.expected, error.found) == ("a.avsc", "fields.x", "text", "nothing")


def test_places_are_written_as_paths() -> None:
    """Members with dots, items in brackets, odd names in brackets and quotes."""
    assert Place("f").at("fields").at(2).at("name").path == "fields[2].name"
    assert Place("f").at("a b").path == '["a b"]'
