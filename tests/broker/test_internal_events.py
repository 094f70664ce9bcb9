"""Internal events over a real broker: fed back in the same transaction, cut where they would go on for ever."""

import base64
import json
from collections.abc import Iterator

import pytest

from tests.broker.events import ago, of_customer, purchase, review, send, written
from tests.broker.installation import Installation, Record, WorkerProcess, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

ADDED = "customer.voucher.loyalty_card.points_added"
DEFINITIONS = """
kind: distribution
id: welcome
trigger: {event: customer.created}
message: {channel: email, by: "{{event.metadata.by}}"}
---
kind: segment
id: collectors
filter: count(customer.voucher.loyalty_card.points_added) > 1
---
kind: segment
id: redeemers
filter: count(customer.redemption.succeeded) > 0
---
kind: earning_rule
id: buying
campaign: club
trigger: {event: purchase}
points: {type: fixed, value: 10}
---
kind: earning_rule
id: joining
campaign: club
trigger: {event: customer.segment.entered}
points: {type: fixed, value: 5}
---
kind: earning_rule
id: reviewing
campaign: loop
trigger: {event: new_review}
points: {type: fixed, value: 1}
---
kind: earning_rule
id: for-ever
campaign: loop
trigger: {event: customer.voucher.loyalty_card.points_added}
validation_rule:
  rules: {"1": {name: custom_event.metadata, property: campaign_id, conditions: {$is: [loop]}}}
  logic: "1"
points: {type: fixed, value: 1}
"""


@pytest.fixture(scope="module")
def shop(
    kafka: Kafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, WorkerProcess]]:
    """These definitions under one worker."""
    directory = tmp_path_factory.mktemp("internal")
    definitions = directory / "definitions"
    definitions.mkdir()
    (definitions / "shop.yaml").write_text(DEFINITIONS, encoding="utf-8")
    installation = Installation(kafka.bootstrap, "test-internal-events.", directory, clock="wall")
    installation.apply(definitions)
    with installation.worker() as worker:
        yield installation, worker
        worker.stop()


def told(installation: Installation, customer: str) -> list[Record]:
    """The internal events of a customer, in order."""
    found = [json.loads(record.value or b"") for record in installation.read("internal-events")]
    return [event for event in found if event["customer"]["source_id"] == customer]


def test_internal_events_cause_more_in_the_same_step(shop: tuple[Installation, WorkerProcess]) -> None:
    """The second purchase brings points, these a segment, this more points; all at the purchase's time."""
    installation, _ = shop
    first, second = ago(seconds=60), ago(seconds=30)
    send(installation, "ann", *(written(purchase("ann", occurred_at=at)) for at in (first, second)))
    installation.wait_until_consumed()
    names = [event["event"] for event in told(installation, "ann")]
    assert names == ["customer.created", ADDED, ADDED, "customer.segment.entered", ADDED]
    (entered,) = of_customer(installation, "segment-changes", "ann")
    points = of_customer(installation, "point-events", "ann")
    assert entered["event_id"] == told(installation, "ann")[2]["id"]
    assert [each["earning_rule_id"] for each in points] == ["buying", "buying", "joining"]
    assert [each["balance"] for each in points] == [10, 20, 25]
    assert points[-1]["occurred_at"] == entered["occurred_at"] == points[1]["occurred_at"]
    (welcome,) = of_customer(installation, "distribution-triggers", "ann")
    assert welcome["message"] == {"channel": "email", "by": "purchase"}


def test_events_of_other_services_count(shop: tuple[Installation, WorkerProcess]) -> None:
    """A redemption that another service tells of enters a segment; what only Tidemark tells of is rejected."""
    installation, _ = shop
    redeemed = purchase("bea", event="customer.redemption.succeeded", metadata={"campaign_id": "club"})
    forged = purchase("bea", event="customer.created", metadata={"by": "me"})
    send(installation, "bea", written(redeemed), written(forged))
    installation.wait_until_consumed()
    changes = of_customer(installation, "segment-changes", "bea")
    assert [change["segment_id"] for change in changes] == ["redeemers"]
    rejected = [each for each in installation.records("rejected-events") if each["customer_id"] == "bea"]
    assert [(each["reason"], each["event"]) for each in rejected] == [("reserved_event", "customer.created")]


def test_a_cascade_without_end_is_cut_loudly(shop: tuple[Installation, WorkerProcess]) -> None:
    """Nine grants, one record on rejected-events with the internal event, an error in the log, a metric."""
    installation, worker = shop
    send(installation, "eve", written(review("eve")))
    installation.wait_until_consumed()
    looped = [
        each for each in of_customer(installation, "point-events", "eve") if each["campaign_id"] == "loop"
    ]
    assert [each["balance"] for each in looped] == list(range(1, 10))
    (cut,) = [each for each in installation.records("rejected-events") if each["customer_id"] == "eve"]
    assert (cut["reason"], cut["event"]) == ("cascade_too_deep", ADDED)
    value = json.loads(base64.b64decode(cut["value"]))
    assert value == told(installation, "eve")[-1]
    wait_until(lambda: worker.metrics()["tidemark_cascades_cut_total"] == 1, "the cut to be counted")
    assert "without end" in worker.said()


def test_the_list_of_rejections_shows_a_cut(shop: tuple[Installation, WorkerProcess]) -> None:
    """It stands among the others, and is not replayed."""
    installation, _ = shop
    listed = installation.run("rejected", "list", "--reason", "cascade_too_deep", "--json")
    assert [json.loads(line)["customer_id"] for line in listed.splitlines()] == ["eve"]
