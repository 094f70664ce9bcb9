"""The data of the demo are those that were published, and become the events that the wire expects."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.demo import cdnow


@pytest.fixture(scope="module")
def events() -> list[cdnow.PurchaseEvent]:
    """All events, read once."""
    return cdnow.events()


def test_every_purchase_of_the_published_file_is_there(events: list[cdnow.PurchaseEvent]) -> None:
    """Purchases, customers, CDs, dollars, free rows and rows with a twin are as many as in the original."""
    bought = [event["metadata"] for event in events]
    rows = Counter((e["customer"]["source_id"], e["occurred_at"], *e["metadata"].values()) for e in events)
    assert len(events) == 69_659
    assert len({event["customer"]["source_id"] for event in events}) == 23_570
    assert sum(one["cds"] for one in bought) == 167_881
    assert sum(Decimal(str(one["amount"])) for one in bought) == Decimal("2500315.63")
    assert sum(one["amount"] == 0 for one in bought) == 80
    assert sum(times for times in rows.values() if times > 1) == 470


def test_events_come_by_day_and_within_a_day_in_the_order_of_the_file(
    events: list[cdnow.PurchaseEvent],
) -> None:
    """The order is that of the date, then of the row that the id carries."""
    order = [(event["occurred_at"], event["id"]) for event in events]
    assert order == sorted(order)
    assert order[0] == ("1997-01-01T00:00:00Z", "cdnow-000001")
    assert order[-1][0] == "1998-06-30T00:00:00Z"


def test_ids_are_those_of_the_rows(events: list[cdnow.PurchaseEvent]) -> None:
    """Every row gives one id of its own, the same on every run."""
    assert {event["id"] for event in events} == {f"cdnow-{row:06d}" for row in range(1, 69_660)}


def test_one_row_becomes_one_event() -> None:
    """The second row of the published file, ``00002 19970112  1   12.00``, as an event."""
    second = next(row for row in cdnow.purchases() if row.row == 2)
    assert cdnow.event_of(second) == {
        "id": "cdnow-000002",
        "event": "purchase",
        "customer": {"source_id": "00002"},
        "occurred_at": "1997-01-12T00:00:00Z",
        "source": "cdnow",
        "metadata": {"cds": 1, "amount": 12.0},
    }


def test_the_command_writes_one_event_a_line(tmp_path: Path, events: list[cdnow.PurchaseEvent]) -> None:
    """``python -m deploy.demo.cdnow --out FILE`` writes all events as NDJSON."""
    file = tmp_path / "events.ndjson"
    outcome = CliRunner().invoke(cdnow.main, ["--out", str(file)])
    assert outcome.exit_code == 0, outcome.output
    assert [json.loads(line) for line in file.read_text().splitlines()] == events
