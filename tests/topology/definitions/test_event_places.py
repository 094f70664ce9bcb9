"""Paths of names in Avro documents are found in the file."""

import pytest

from topology.definitions.event_places import place_of
from topology.definitions.json_source import read_json

TEXT = """{"type": "record", "name": "refund", "event": "refund",
 "fields": [
  {"name": "why", "type": "string"},
  {"name": "how much", "type": "double",
   "min": "x"}]}"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ("", 1, 1),
        ("event", 1, 47),
        ("fields", 2, 2),
        ("fields.why", 3, 3),
        ("fields[0]", 3, 3),
        ("fields.why.type", 3, 27),
        ('fields["how much"].min', 5, 11),
        ("fields.nobody.type", 2, 2),
        ("fields[7]", 2, 2),
        ("fields.why.max", 3, 3),
    ],
)
def test_a_path_leads_to_its_place_or_to_the_nearest_around_it(path: str, line: int, column: int) -> None:
    """Fields are found by name or index; what is missing is reported at what it is missing from."""
    place = place_of(read_json(TEXT, "f.avsc"), path)
    assert (place.line, place.column) == (line, column)
