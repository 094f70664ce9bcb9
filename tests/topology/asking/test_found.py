"""Customers that were found, in the three forms."""

import csv
import io
import json
from typing import Any

import pytest

from topology.asking.found import Format, form_of

COLUMNS = ("name", "segments", "metadata.tags", "metadata.size")
CUSTOMERS: list[dict[str, Any]] = [
    {
        "customer_id": "a",
        "name": 'Ann, "A"',
        "segments": ["x", "y"],
        "metadata.tags": None,
        "metadata.size": 5,
    },
    {
        "customer_id": "b",
        "name": None,
        "segments": [],
        "metadata.tags": [1, {"k": "v"}],
        "metadata.size": True,
    },
]


def written(form: Format, customers: list[dict[str, Any]]) -> str:
    """What is written of customers that come one by one."""
    pieces = list[bytes]()
    made = form_of(form, COLUMNS, pieces.append)
    for customer in customers:
        made.add([json.dumps(customer).encode()])
    made.end()
    return b"".join(pieces).decode()


def test_ndjson_is_what_the_workers_say() -> None:
    """One document a line."""
    assert [json.loads(line) for line in written("ndjson", CUSTOMERS).splitlines()] == CUSTOMERS


def test_csv_reads_back() -> None:
    """A head; lists of text with blanks between, what has more structure as JSON, nothing for what is not there."""
    assert list(csv.reader(io.StringIO(written("csv", CUSTOMERS)))) == [
        ["customer_id", *COLUMNS],
        ["a", 'Ann, "A"', "x y", "", "5"],
        ["b", "", "", '[1,{"k":"v"}]', "true"],
    ]


def test_a_table_reads_like_this() -> None:
    """A dash for what is not there."""
    assert written("table", CUSTOMERS) == (
        "customer_id  name      segments  metadata.tags  metadata.size\n"
        "-----------  --------  --------  -------------  -------------\n"
        'a            Ann, "A"  x y       -              5\n'
        'b            -         -         [1,{"k":"v"}]  true\n'
    )


def test_what_strangers_wrote_does_not_move_the_cursor() -> None:
    """In a table, what does not print is written out, and what is long is cut."""
    customer = {**CUSTOMERS[0], "name": "\x1b[2J\nAnn", "metadata.tags": "x" * 50}
    cells = written("table", [customer]).splitlines()[2]
    assert "\\x1b[2J Ann" in cells
    assert "x" * 39 + "…" in cells


@pytest.mark.parametrize(("form", "text"), [("table", ""), ("ndjson", ""), ("csv", "customer_id,")])
def test_of_nobody_there_is_nothing_to_write(form: Format, text: str) -> None:
    """But for the head of a CSV, by which a program knows the columns."""
    assert written(form, []).startswith(text)
    assert len(written(form, []).splitlines()) == (form == "csv")
