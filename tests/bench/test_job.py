import json
from collections import defaultdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import yaml

from tests.bench.job import (
    MORE_THAN,
    SEGMENT,
    Entry,
    Purchase,
    expected_entries,
    judge,
    purchases,
    read_entry,
    wire_form,
)

DAY = datetime(2024, 5, 1, tzinfo=UTC)
DAY_MS = 1_714_521_600_000


def bought(customer: str, event: str) -> Purchase:
    """One purchase of which only customer and event matter."""
    return Purchase(customer, event, DAY, cds=1, amount=9.99)


def test_a_shorter_job_is_a_prefix_of_a_longer_one() -> None:
    """A slow contestant is given the beginning of what the others get."""
    assert list(purchases(50, 7)) == list(islice(purchases(500, 7), 50))


def test_the_fourth_purchase_enters() -> None:
    """Three purchases are not more than three, and the fifth enters nobody again."""
    sequence = [*(bought("a", f"a{n}") for n in range(1, 6)), *(bought("b", f"b{n}") for n in range(1, 4))]
    assert expected_entries(sequence) == {Entry("a", "a4", DAY_MS)}


def test_entries_agree_with_a_computation_by_grouping() -> None:
    """Grouping all purchases by customer and taking the fourth of each gives the same entries."""
    by_customer = defaultdict(list)
    for purchase in purchases(3_000, 400):
        by_customer[purchase.customer_id].append(purchase.event_id)
    fourths = {(customer, events[3]) for customer, events in by_customer.items() if len(events) > 3}
    assert 0 < len(fourths) < 400
    assert {entry[:2] for entry in expected_entries(purchases(3_000, 400))} == fourths


def test_purchases_come_out_of_order() -> None:
    """Event times go back now and then, so that first and last have to be compared."""
    times = [purchase.occurred_at for purchase in purchases(100, 5)]
    assert times != sorted(times)


def test_the_wire_form_is_the_envelope_of_custom_events() -> None:
    """Id, event, customer, time, source and metadata stand where producers put them."""
    moment = datetime(2024, 5, 1, 10, 0, 0, 250_000, tzinfo=UTC)
    assert json.loads(wire_form(Purchase("c-1", "e-1", moment, cds=2, amount=19.5))) == {
        "id": "e-1",
        "event": "purchase",
        "customer": {"source_id": "c-1"},
        "occurred_at": "2024-05-01T10:00:00.250Z",
        "source": "bench",
        "metadata": {"cds": 2, "amount": 19.5},
    }


def test_a_record_is_read_whatever_way_its_time_is_written() -> None:
    """Contestants write the same instant with and without milliseconds, as Z or as an offset."""
    record = {"change": "entered", "segment_id": SEGMENT, "customer_id": "a", "event_id": "a4"}
    spellings = ("2024-05-01T00:00:00Z", "2024-05-01T00:00:00.000Z", "2024-05-01T02:00:00+02:00")
    read = {read_entry(json.dumps({**record, "occurred_at": text}).encode()) for text in spellings}
    assert read == {Entry("a", "a4", DAY_MS)}


def test_a_verdict_counts_each_kind_of_fault() -> None:
    """Missing, doubled and foreign records are told apart, and any of them is wrong."""
    a, b, c, z = (Entry(name, name, 0) for name in "abcz")
    verdict = judge(frozenset({a, b, c}), [a, a, a, b, z])
    assert verdict == (3, 5, 1, 2, 1)
    assert not verdict.right
    assert str(verdict) == "WRONG: 1 missing, 2 doubled, 1 foreign"


def test_an_entry_by_the_wrong_event_is_wrong() -> None:
    """The right customer with another event means that an event was lost or counted twice."""
    verdict = judge(frozenset({Entry("a", "a4", 0)}), [Entry("a", "a5", 0)])
    assert (verdict.missing, verdict.foreign, verdict.right) == (1, 1, False)


def test_exactly_the_expected_records_are_right() -> None:
    """In any order, each once."""
    entries = [Entry(name, name, 0) for name in "abc"]
    assert str(judge(frozenset(entries), reversed(entries))) == "right (3)"


def test_tidemarks_definition_is_the_segment_of_the_job() -> None:
    """The file that is applied for Tidemark says what the peers' programs are told."""
    body = yaml.safe_load(
        (Path(__file__).parent / "definitions/frequent-buyers.yaml").read_text(encoding="utf-8")
    )
    assert body["id"] == SEGMENT
    assert body["filter"]["events.purchase.count"] == {"conditions": {"$more_than": [MORE_THAN]}}
