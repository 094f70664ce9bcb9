"""What comes in, good and bad: nothing stops the stream, nothing is lost, nothing counts twice."""

import json
from collections.abc import Iterator

import pytest

from streams.agents.record_places import ORIGIN_HEADER
from streams.agents.ticks import TICK_HEADER
from tests.broker.events import (
    PARTITIONS,
    ago,
    balances,
    home,
    in_avro,
    of_customer,
    original,
    purchase,
    review,
    send,
    written,
)
from tests.broker.installation import Installation, Record, WorkerProcess

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[WorkerProcess]:
    """One worker for all tests of this module."""
    with installation.worker() as running:
        yield running
        running.stop()


BAD = {
    "undefined event": (written(purchase("bad", event="teleported")), "undefined_event", "event"),
    "missing attribute": (
        written(purchase("bad", metadata={"cds": 1})),
        "missing_attribute",
        "metadata.amount",
    ),
    "wrong type": (
        written(purchase("bad", metadata={"cds": 1, "amount": "dear"})),
        "wrong_type",
        "metadata.amount",
    ),
    "unknown attribute": (
        written(purchase("bad", metadata={"cds": 1, "amount": 1, "colour": "red"})),
        "unknown_attribute",
        "metadata.colour",
    ),
    "beyond its limits": (
        written(review("bad", metadata={"rating": 9})),
        "out_of_limits",
        "metadata.rating",
    ),
    "no customer": (written(purchase("bad") | {"customer": {}}), "invalid_customer", "customer.source_id"),
    "broken JSON": (b'{"event": "purchase", "customer', "malformed_json", "value"),
    "broken UTF-8": (b'{"event": "\xff\xfe"}', "malformed_json", "value"),
    "endless nesting": (b"[" * 100_000, "malformed_json", "value"),
    "no object": (b"[1, 2]", "invalid_envelope", "value"),
    "broken Avro": (in_avro(purchase("bad"))[:20], "malformed_avro", "value"),
    "unknown Avro schema": (b"\xc3\x01" + bytes(8) + b"rest", "unknown_fingerprint", "value"),
    "registry framing": (b"\x00\x00\x00\x00\x07rest", "registry_not_configured", "value"),
    "empty value": (b"", "empty_value", "value"),
    "null value": (None, "empty_value", "value"),
    "2 MB": (written(purchase("bad", source="x" * 2_000_000)), "too_large", "value"),
    "the future": (written(purchase("bad", occurred_at=ago(days=-1))), "future", "occurred_at"),
    "no time": (written(purchase("bad", occurred_at="yesterday")), "invalid_time", "occurred_at"),
    "half a surrogate as customer": (
        b'{"event": "purchase", "customer": {"source_id": "\\ud800"}, "metadata": {"cds": 1, "amount": 1}}',
        "malformed_json",
        "value",
    ),
    "a control character as customer": (
        written(purchase("\x00clock")),
        "invalid_customer",
        "customer.source_id",
    ),
}


@pytest.fixture(scope="module")
def rejected(installation: Installation, worker: WorkerProcess) -> list[Record]:
    """What became of all that is bad, sent between two good events of the same customer."""
    send(installation, "bad", written(purchase("bad")))
    send(installation, "bad", *(value for value, _, _ in BAD.values()))
    send(installation, "bad", written(purchase("bad")))
    installation.wait_until_consumed()
    return installation.records("rejected-events")


@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_is_rejected_with_its_reason(rejected: list[Record], name: str) -> None:
    """The record says why, where, what was expected and what was there, and holds the original bytes and key."""
    value, reason, path = BAD[name]
    (record,) = [record for record in rejected if original(record) == value]
    assert (record["reason"], record["path"]) == (reason, path)
    assert record["expected"]
    assert record["found"]
    assert original(record, "key") == b"bad"
    assert str(record["topic"]).endswith("custom-events")
    assert record["partition"] == home("bad")


def test_each_bad_record_is_rejected_once(rejected: list[Record], worker: WorkerProcess) -> None:
    """As many as were sent, each at an offset of its own, and counted by reason."""
    assert len(rejected) == len(BAD)
    assert len({record["offset"] for record in rejected}) == len(BAD)
    counted = [
        value
        for name, value in worker.metrics().items()
        if name.startswith("tidemark_events_rejected_total{")
    ]
    assert sum(counted) == len(BAD)


def test_good_events_around_bad_ones_count(installation: Installation, rejected: list[Record]) -> None:
    """What comes before and after bad input is counted as if that were not there."""
    assert rejected
    assert balances(installation, "bad") == [1, 2]


def test_wrongly_placed_records_count_once(installation: Installation, worker: WorkerProcess) -> None:
    """Without a key, with another's key, on any partition: each event reaches its customer, once."""
    for partition in range(PARTITIONS):
        for key in (None, b"somebody else", b"drifter"):
            value = written(purchase("drifter", source="till-9"))
            installation.write("custom-events", value, key, partition=partition)
    installation.wait_until_consumed()
    assert balances(installation, "drifter") == list(range(1, 3 * PARTITIONS + 1))
    forwarded = worker.metrics()['tidemark_events_forwarded_total{source="till-9"}']
    assert forwarded == 3 * (PARTITIONS - 1)


def test_a_forwarded_record_keeps_what_it_was(installation: Installation, worker: WorkerProcess) -> None:
    """Value, headers and time go along; the key is the customer's, and a header says where it first stood."""
    value, wrong = written(purchase("traveller")), (home("traveller") + 1) % PARTITIONS
    headers: list[tuple[str, bytes | None]] = [("ce_source", b"till-1"), ("empty", None)]
    installation.write(
        "custom-events", value, b"nobody", partition=wrong, headers=headers, timestamp=1_700_000_000_000
    )
    installation.wait_until_consumed()
    first, copy = sorted(
        (record for record in installation.read("custom-events") if record.value == value),
        key=lambda record: record.partition != wrong,
    )
    assert (copy.partition, copy.key) == (home("traveller"), b"traveller")
    origin = f"{installation.prefix}custom-events-{wrong}-{first.offset}".encode()
    assert copy.headers == [*headers, (ORIGIN_HEADER, origin)]
    assert copy.timestamp == first.timestamp == 1_700_000_000_000
    (points,) = of_customer(installation, "point-events", "traveller")
    assert (
        points["occurred_at"] == "2023-11-14T22:13:20Z"
    )  # the first record's time, which the event takes over
    assert first.key == b"nobody"


def test_a_second_event_of_the_same_id_is_dropped(installation: Installation, worker: WorkerProcess) -> None:
    """Sent twice, also in another encoding and on another partition, it counts once; another customer's counts."""
    event = purchase("twin")
    send(installation, "twin", written(event), written(event), in_avro(event))
    installation.write("custom-events", written(event), b"twin", partition=(home("twin") + 1) % PARTITIONS)
    send(installation, "other twin", written(event | {"customer": {"source_id": "other twin"}}))
    before = worker.metrics()["tidemark_events_duplicate_total"]
    installation.wait_until_consumed()
    assert balances(installation, "twin") == [1]
    assert balances(installation, "other twin") == [1]
    assert before <= 3
    assert worker.metrics()["tidemark_events_duplicate_total"] == 3


def test_events_without_an_id_all_count(installation: Installation, worker: WorkerProcess) -> None:
    """Two records that are alike are two events, each with its place on the topic as id, also when forwarded."""
    event = purchase("plain")
    del event["id"]
    wrong = (home("plain") + 1) % PARTITIONS
    send(installation, "plain", written(event), written(event))
    for _ in range(2):
        installation.write("custom-events", written(event), b"plain", partition=wrong)
    installation.wait_until_consumed()
    assert balances(installation, "plain") == [1, 2, 3, 4]
    ids = {str(record["event"]["id"]) for record in of_customer(installation, "point-events", "plain")}
    topic = f"{installation.prefix}custom-events"
    assert len({name for name in ids if name.startswith(f"{topic}-{home('plain')}-")}) == 2
    assert len({name for name in ids if name.startswith(f"{topic}-{wrong}-")}) == 2


def test_an_avro_event_is_an_event(installation: Installation, worker: WorkerProcess) -> None:
    """Single-object encoding is told by its first bytes; the message it triggers shows the attributes."""
    send(installation, "avro", in_avro(review("avro", metadata={"rating": 4})))
    installation.wait_until_consumed()
    (trigger,) = of_customer(installation, "distribution-triggers", "avro")
    assert trigger["message"] == {"channel": "email", "template": "thanks", "data": {"score": 4}}
    assert trigger["event"]["metadata"]["rating"] == 4


@pytest.mark.parametrize(
    "header",
    [
        (ORIGIN_HEADER, b"\xff\xfe"),
        (ORIGIN_HEADER, None),
        (ORIGIN_HEADER, b""),
        ("", b""),
        ("ce_time", b"\xff"),
    ],
)
def test_strange_headers_do_no_harm(
    installation: Installation, worker: WorkerProcess, header: tuple[str, bytes | None]
) -> None:
    """Whatever a producer writes into headers, the event is counted or rejected, and the worker goes on."""
    rejected = len(installation.records("rejected-events"))
    counted = len(balances(installation, "strange"))
    event = purchase("strange")
    del event["id"]
    installation.write(
        "custom-events", written(event), b"strange", partition=home("strange"), headers=[header]
    )
    installation.wait_until_consumed()
    now_rejected = len(installation.records("rejected-events")) - rejected
    assert len(balances(installation, "strange")) - counted + now_rejected == 1


@pytest.mark.parametrize("mark", [b"1999-01-01T00:00:00Z", b"\xff", None])
def test_a_tick_moves_no_wall_clock(
    installation: Installation, worker: WorkerProcess, mark: bytes | None
) -> None:
    """On the wall clock a tick is read over, well-formed or not: it is no event and no reason to reject."""
    before = installation.records("rejected-events")
    installation.write("custom-events", None, None, partition=0, headers=[(TICK_HEADER, mark)])
    installation.wait_until_consumed()
    assert installation.records("rejected-events") == before


def test_internal_events_tell_of_each_change(installation: Installation, worker: WorkerProcess) -> None:
    """A segment entered and points added are published as events of the customer, dated by their cause."""
    at = ago(seconds=60)
    send(installation, "inner", *(written(purchase("inner", occurred_at=at)) for _ in range(2)))
    installation.wait_until_consumed()
    found = [json.loads(record.value or b"") for record in installation.read("internal-events")]
    own = [event for event in found if event["customer"]["source_id"] == "inner"]
    points = "customer.voucher.loyalty_card.points_added"
    assert [event["event"] for event in own] == [
        "customer.created", points, "customer.segment.entered", points,
    ]  # fmt: skip
