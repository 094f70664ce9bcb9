"""Verdicts on the lines of a file."""

import json

from schemas.catalog import Catalog
from schemas.wire import EventReader
from topology import validating
from topology.lines import Line
from topology.validating import Totals, Verdict

RATING = {"name": "rating", "type": "long"}
CATALOG = Catalog.from_documents({"review": {"type": "record", "name": "review", "fields": [RATING]}})
GOOD = b'{"event": "review", "customer": {"source_id": "c"}, "metadata": {"rating": 5}}'
BAD = b'{"event": "review", "customer": {"source_id": "c"}, "metadata": {"rating": "5"}}'
LINES = [Line(1, GOOD), Line(2, BAD), Line(4, b"nope"), Line(5, GOOD)]


def judge() -> tuple[list[Verdict], Totals]:
    """The verdicts on four lines, and the totals."""
    totals = Totals()
    return list(validating.judge(LINES, EventReader(CATALOG), totals, now=0)), totals


def test_only_lines_that_are_no_events_get_a_verdict() -> None:
    """Lines are known by number, reasons are those of the worker."""
    verdicts, totals = judge()
    assert [(each.line, each.rejection.reason) for each in verdicts] == [
        (2, "wrong_type"),
        (4, "malformed_json"),
    ]
    assert (dict(totals.accepted), totals.rejected.total()) == ({"review": 2}, 2)


def test_a_verdict_reads_file_line_reason_and_every_fault() -> None:
    """The first line can be clicked in an editor, each fault has a line of its own."""
    verdicts, _ = judge()
    head, fault = validating.verdict_text(verdicts[0], "f.ndjson").splitlines()
    assert head == "f.ndjson:2: wrong_type (review)"
    assert fault.strip().startswith("metadata.rating: expected ")
    assert fault.endswith('found text "5"')


def test_totals_name_the_reasons_and_what_they_mean() -> None:
    """Whoever reads them learns what to do."""
    _, totals = judge()
    text = validating.totals_text(totals)
    assert text.startswith("2 of 4 events conform.\n  review: 2\n2 would be rejected:\n")
    assert "  malformed_json: 1. The value is not JSON in UTF-8" in text


def test_verdicts_and_totals_as_json() -> None:
    """One object a verdict, one for the totals."""
    verdicts, totals = judge()
    verdict = json.loads(validating.verdict_json(verdicts[0]))
    assert (verdict["line"], verdict["reason"], verdict["customer_id"]) == (2, "wrong_type", "c")
    assert verdict["faults"][0]["path"] == "metadata.rating"
    assert json.loads(validating.totals_json(totals)) == {
        "accepted": {"review": 2},
        "rejected": {"malformed_json": 1, "wrong_type": 1},
    }


def test_a_single_avro_record_is_told_from_lines_by_its_first_bytes() -> None:
    """C3 01 begins no JSON."""
    assert validating.is_single_object(b"\xc3\x01rest")
    assert not validating.is_single_object(b'{"')
