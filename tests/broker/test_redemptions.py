"""Redemption through a real worker: asked over HTTP and over Kafka, decided once, counted in limits and events."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.outputs import output_decoder
from tests.broker.installation import Installation, Record, WorkerProcess, wait_until
from tests.broker.over_http import answered, serving
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

DEFINITIONS = """\
kind: segment
id: reviewers
filter: {events.new_review.count: {conditions: {$more_than: [1]}}}
---
kind: campaign
id: club
validation_rule:
  rules:
    "1": {name: customer.segment, conditions: {$is: [reviewers]}, error: {message: Write two reviews first.}}
limits: {max: {times: 1, per: P30D}}
---
kind: campaign
id: newcomers
validation_rule: {rules: {"1": {name: customer.segment, conditions: {$is_not: [reviewers]}}}}
"""


@pytest.fixture(scope="module")
def installation(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Topics and definitions for all tests here; each has customers of its own."""
    made = Installation(kafka.bootstrap, "test-redemptions.", tmp_path_factory.mktemp("red"), clock="wall")
    directory = made.directory / "definitions"
    directory.mkdir()
    (directory / "all.yaml").write_text(DEFINITIONS, encoding="utf-8")
    made.run("apply", "definitions", "--yes")
    return made


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[WorkerProcess]:
    """A worker for all tests."""
    with installation.worker("one", TIDEMARK_TOPIC_ENCODINGS="redemption-decisions=avro") as running:
        yield running
        running.stop()


@pytest.fixture(scope="module")
def gateway(installation: Installation) -> Iterator[WorkerProcess]:
    """A gateway that reads decisions as the worker writes them."""
    with serving(installation, TIDEMARK_TOPIC_ENCODINGS="redemption-decisions=avro") as running:
        yield running
        running.stop()


def post(gateway: WorkerProcess, page: str, body: Any, **headers: str) -> tuple[int, Any]:
    """Status and answer."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answered(f"{gateway.pages()}/v1/{page}", "POST", sent, **headers)


def about(customer: str, campaign: str = "club", **more: str) -> Record:
    """The body of a request."""
    return {"customer": {"source_id": customer}, "campaign": campaign, **more}


def review(installation: Installation, customer: str, name: str) -> None:
    """Send an event."""
    event = {
        "id": name,
        "event": "new_review",
        "customer": {"source_id": customer},
        "metadata": {"rating": 5},
    }
    installation.write("custom-events", json.dumps(event).encode(), customer.encode())


def reviewer(installation: Installation, customer: str) -> None:
    """Make a customer a reviewer."""
    for name in ("one", "two"):
        review(installation, customer, name)
    wait_until(
        lambda: any(one["customer_id"] == customer for one in installation.records("segment-changes")),
        f"{customer} to become a reviewer",
    )


def outcomes(installation: Installation, customer: str) -> list[tuple[str, str | None]]:
    """The internal events of a customer's redemptions with their codes, in order."""
    told = (
        one for one in installation.records("internal-events") if one["customer"]["source_id"] == customer
    )
    return [
        (one["event"].removeprefix("customer."), one["metadata"]["code"])
        for one in told
        if "request_id" in one["metadata"]
    ]


def test_limited_to_a_segment_and_closed_to_it(
    installation: Installation, worker: WorkerProcess, gateway: WorkerProcess
) -> None:
    """Who is not in it is told what to do; who is may redeem in the one campaign, and not in the other."""
    assert worker.ready()
    status, answer = post(gateway, "validations", about("ann"))
    assert (status, answer["valid"], answer["code"]) == (200, False, "customer_rules_violated")
    assert answer["failed"] == [
        {"rule": "1", "name": "customer.segment", "message": "Write two reviews first."}
    ]
    assert post(gateway, "validations", about("ann", "newcomers"))[1]["valid"]
    reviewer(installation, "ann")
    assert post(gateway, "validations", about("ann"))[1]["valid"]
    assert not post(gateway, "validations", about("ann", "newcomers"))[1]["valid"]
    status, answer = post(gateway, "redemptions", about("ann", "newcomers"))
    assert (status, answer["code"], answer["key"]) == (400, 400, "customer_rules_violated")


def test_once_for_each_request_and_given_back_by_a_rollback(
    installation: Installation, worker: WorkerProcess, gateway: WorkerProcess
) -> None:
    """The limit is one: the same request again is the same redemption, another one has to wait or to roll back."""
    assert worker.ready()
    reviewer(installation, "bob")
    for _ in range(2):
        status, answer = post(gateway, "redemptions", about("bob", id="b-1"))
        assert (status, answer["id"], answer["valid"]) == (200, "b-1", True)
    status, answer = post(gateway, "redemptions", about("bob", id="b-2"))
    assert (status, answer["key"]) == (400, "quantity_exceeded")
    assert answer["qualifies_at"] > answer["decided_at"]
    assert post(gateway, "redemptions/b-1/rollback", about("bob"))[0] == 200
    assert post(gateway, "redemptions", about("bob"), Idempotency_Key="b-3")[1]["id"] == "b-3"
    expected = [
        ("redemption.succeeded", None),
        ("redemption.failed", "quantity_exceeded"),
        ("redemption.rollback.succeeded", None),
        ("redemption.succeeded", None),
    ]
    wait_until(lambda: len(outcomes(installation, "bob")) >= len(expected), "the internal events")
    assert outcomes(installation, "bob") == expected


def test_over_kafka_the_answer_has_the_requests_id(installation: Installation, worker: WorkerProcess) -> None:
    """A request on the wrong partition is answered once; one that cannot be read is rejected."""
    assert worker.ready()
    request = {"id": "k-1", "kind": "redemption", **about("cat")}
    installation.write("redemption-requests", json.dumps(request).encode(), b"whoever")
    installation.write("redemption-requests", json.dumps(request | {"kind": "gift"}).encode(), b"cat")

    def answers() -> list[bytes | None]:
        return [one.value for one in installation.read("redemption-decisions") if one.key == b"cat"]

    wait_until(answers, "the answer")
    wait_until(
        lambda: [one for one in installation.records("rejected-events") if one["path"] == "kind"],
        "the rejection",
    )
    (answer,) = answers()
    decision = output_decoder("redemption-decisions", "avro")(answer or b"")
    assert (decision["id"], decision["code"]) == ("k-1", "customer_rules_violated")


def test_what_is_no_request_is_told(gateway: WorkerProcess) -> None:
    """With all faults, and nothing is asked."""
    status, answer = post(gateway, "validations", {"customer": {}, "coupon": "x"})
    assert status == 400
    assert [fault["path"] for fault in answer["faults"]] == ["coupon", "campaign", "customer.source_id"]
    for body in (b"{", b"[]"):
        assert post(gateway, "redemptions", body)[0] == 400


def test_without_a_worker_who_asks_is_told_to_ask_again(
    installation: Installation, worker: WorkerProcess, gateway: WorkerProcess
) -> None:
    """503 with the id; when a worker is back, the request that was left is answered and counts once."""
    reviewer(installation, "eve")
    worker.stop()
    status, answer = post(gateway, "redemptions", about("eve", id="e-1"))
    assert (status, answer["key"], answer["id"]) == (503, "not_answered", "e-1")
    with installation.worker("one", TIDEMARK_TOPIC_ENCODINGS="redemption-decisions=avro") as back:
        assert post(gateway, "redemptions", about("eve", id="e-1"))[1]["valid"]
        assert post(gateway, "redemptions", about("eve", id="e-2"))[1]["key"] == "quantity_exceeded"
        back.stop()
    assert outcomes(installation, "eve") == [
        ("redemption.succeeded", None),
        ("redemption.failed", "quantity_exceeded"),
    ]
