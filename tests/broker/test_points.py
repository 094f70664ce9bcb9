"""Cards over a real broker: named by events in every encoding, adjusted, taken back, expired after a restart."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from schemas.avro_wire import LAYOUTS, EventWire
from schemas.catalog import EVENTS_DIRECTORY, load_catalog
from streams.agents.ticks import write_tick
from streams.domain.identities import CampaignId, CustomerId
from streams.domain.instants import parse_instant
from streams.domain.internal_names import POINTS_ADDED
from streams.domain.record_ids import card_id
from tests.broker.events import home, in_avro, of_customer, original, purchase, send, written
from tests.broker.installation import Installation, Record, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

DEFINITIONS = """\
kind: earning_rule
id: bonus
campaign: club
trigger: {event: purchase}
points: {type: fixed, value: 10}
expires: P10D
reversible: P5D
"""
ADA = "ada"
OWN = card_id(CampaignId("club"), CustomerId(ADA))
JANUARY = "2026-01-01T00:00:00Z"
NEVER_EARNED = written(
    purchase(
        ADA, event=POINTS_ADDED, occurred_at="2026-01-03T00:00:00Z",
        metadata={"campaign_id": "club", "reverses": "nobody"},
    )
)  # fmt: skip


def moves(at: str, **metadata: object) -> bytes:
    """An event from outside that moves points."""
    asked = {"campaign_id": "club", **metadata}
    return written(purchase(ADA, event=POINTS_ADDED, occurred_at=at, metadata=asked))


def bought(name: str, **more: object) -> Record:
    """A purchase on the first of January."""
    return purchase(ADA, id=name, occurred_at=JANUARY, **more)


def in_the_envelope_of_before(event: Record) -> bytes:
    """As a producer writes it that has not changed since envelopes knew no card."""
    definition = load_catalog([EVENTS_DIRECTORY]).definitions[event["event"]]
    return EventWire(definition, LAYOUTS[-1]).encode(event)


@pytest.fixture
def shop(kafka: Kafka, tmp_path: Path) -> Installation:
    """An installation on the stream clock."""
    made = Installation(kafka.bootstrap, "test-points.", tmp_path)
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "all.yaml").write_text(DEFINITIONS, encoding="utf-8")
    made.run("apply", "definitions", "--yes")
    return made


def test_cards_through_a_broker(shop: Installation) -> None:
    """Events earn on the card that they name; lots and grants outlive the worker and its store; the sums hold."""
    card = {"code": "CARD-7"}
    send(
        shop,
        ADA,
        written(bought("json", loyalty=card)),
        in_avro(bought("avro", loyalty=card)),
        in_the_envelope_of_before(bought("before")),
        moves("2026-01-02T00:00:00Z", points=-15, card_id="CARD-7"),
    )
    with shop.worker("one") as worker:
        shop.wait_until_consumed()
        worker.kill()
    send(shop, ADA, moves("2026-01-03T00:00:00Z", reverses="before"), NEVER_EARNED)
    shop.write(
        "custom-events", None, partition=home(ADA), headers=write_tick(parse_instant("2026-02-01T00:00:00Z"))
    )
    shutil.rmtree(worker.stores)
    with shop.worker("one") as worker:
        shop.wait_until_consumed()
        wait_until(lambda: len(of_customer(shop, "point-events", ADA)) >= 6, "the points to expire")
        worker.stop()
    told = of_customer(shop, "point-events", ADA)
    assert [(each["card_id"], each["type"], each["points"], each["balance"]) for each in told] == [
        ("CARD-7", "granted", 10, 10),
        ("CARD-7", "granted", 10, 20),
        (OWN, "granted", 10, 10),
        ("CARD-7", "adjusted", -15, 5),
        (OWN, "reversed", -10, 0),
        ("CARD-7", "expired", -5, 0),
    ]
    assert told[-1]["occurred_at"] == "2026-01-11T00:00:00Z"
    agrees_with_the_other_topics(shop, told)


def agrees_with_the_other_topics(shop: Installation, told: list[Record]) -> None:
    """Rejections, balances and internal events say what the point events add up to."""
    (rejected,) = shop.records("rejected-events")
    assert (rejected["reason"], original(rejected)) == ("nothing_to_reverse", NEVER_EARNED)
    sums = Counter[str]()
    for each in told:
        sums[each["card_id"]] += each["points"]
    latest = [json.loads(value or b"") for value in shop.latest("point-balances").values()]
    assert {each["card_id"]: each["balance"] for each in latest} == dict(sums)
    expired = [each for each in shop.records("internal-events") if each["event"].endswith("points_expired")]
    assert [each["metadata"]["points"] for each in expired] == [5]
