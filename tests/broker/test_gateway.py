"""Events over HTTP: what is accepted is on the topic when it is answered, what is not is told in the words of all."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.avro_wire import EventWire
from schemas.catalog import EVENTS_DIRECTORY, load_catalog
from tests.broker.installation import Installation, Record, WorkerProcess, wait_until
from tests.broker.over_http import GATEWAY, answered, serving
from tests.broker.visits import listed
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

POINTS = """\
kind: earning_rule
id: thanks
campaign: club
trigger: {event: new_review}
points: {type: fixed, value: 1}
active: true
"""
JSON, LINES, BYTES = "application/json", "application/x-ndjson", "application/octet-stream"


@pytest.fixture(scope="module")
def installation(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Topics and definitions for all tests here; each has customers of its own."""
    made = Installation(kafka.bootstrap, "test-gateway.", tmp_path_factory.mktemp("gateway"), clock="wall")
    directory = made.directory / "definitions"
    directory.mkdir()
    (directory / "points.yaml").write_text(POINTS, encoding="utf-8")
    made.run("apply", "definitions", "--yes")
    return made


@pytest.fixture(scope="module")
def gateway(installation: Installation) -> Iterator[WorkerProcess]:
    """A gateway that is ready; stopped at the end."""
    with serving(installation) as running:
        yield running
        running.stop()


def post(gateway: WorkerProcess, body: bytes, kind: str = JSON, **headers: str) -> tuple[int, Any]:
    """Status and answer."""
    return answered(f"{gateway.pages()}/v1/events", "POST", body, Content_Type=kind, **headers)


def review(customer: str, **changed: object) -> Record:
    """A good event, changed."""
    good = {"event": "new_review", "customer": {"source_id": customer}, "metadata": {"rating": 5}}
    return good | changed


def sent(installation: Installation, customer: str) -> list[Any]:
    """The events of a customer on the topic, as they stand there."""
    return [record for record in installation.read("custom-events") if record.key == customer.encode()]


def test_an_accepted_event_is_on_the_topic_where_the_answer_says(
    installation: Installation, gateway: WorkerProcess
) -> None:
    """It stands as it was sent, on the partition of its customer."""
    event = review("ada", id="r-1")
    status, answer = post(gateway, json.dumps(event).encode())
    assert status == 202
    (record,) = sent(installation, "ada")
    assert json.loads(record.value) == event
    assert answer == {
        "accepted": 1,
        "events": [{"id": "r-1", "partition": record.partition, "offset": record.offset}],
    }


def test_an_event_without_an_id_is_given_one(installation: Installation, gateway: WorkerProcess) -> None:
    """The key that the request names, or a new one each time; what was sent is otherwise unchanged."""
    body = json.dumps(review("bob")).encode()
    status, named = post(gateway, body, Idempotency_Key="k-1")
    _, first = post(gateway, body)
    _, second = post(gateway, body)
    ids = [answer["events"][0]["id"] for answer in (named, first, second)]
    assert status == 202
    assert ids[0] == "k-1"
    assert len(set(ids)) == 3
    assert [json.loads(record.value) for record in sent(installation, "bob")] == [
        review("bob", id=id_) for id_ in ids
    ]


def test_an_id_that_is_none_is_told(installation: Installation, gateway: WorkerProcess) -> None:
    """An idempotency key is checked as the id that it becomes; nothing is sent."""
    status, answer = post(gateway, json.dumps(review("ian")).encode(), Idempotency_Key="x" * 257)
    assert (status, [fault["path"] for fault in answer["faults"]]) == (400, ["id"])
    assert sent(installation, "ian") == []


def test_a_rejected_event_is_told_all_its_faults_in_the_words_of_validate(
    installation: Installation, gateway: WorkerProcess
) -> None:
    """Reason, path, expectation and what was found, of each; nothing is sent."""
    event = review("eve", metadata={"rating": 9, "stars": 3})
    status, answer = post(gateway, json.dumps(event).encode())
    assert status == 400
    assert answer["key"] == answer["faults"][0]["reason"] == "out_of_limits"
    assert [fault["path"] for fault in answer["faults"]] == ["metadata.rating", "metadata.stars"]
    (installation.directory / "eve.ndjson").write_text(json.dumps(event), encoding="utf-8")
    validated = installation.ask("validate", "eve.ndjson").stdout
    assert all(fault in validated for fault in answer["message"].split("; metadata"))
    assert sent(installation, "eve") == []


def test_the_same_faults_stand_in_rejected_events(installation: Installation, gateway: WorkerProcess) -> None:
    """What Kafka's clients read there is what HTTP's clients are answered."""
    event = json.dumps(review("mallory", metadata={"rating": "good"})).encode()
    _, answer = post(gateway, event)
    with installation.worker() as worker:
        installation.write("custom-events", event, b"mallory")
        installation.wait_until_consumed()
        worker.stop()
    (told,) = [each for each in listed(installation) if each["customer_id"] == "mallory"]
    (fault,) = answer["faults"]
    assert {name: told[name] for name in fault} == fault


@pytest.mark.parametrize("kind", [JSON, LINES])
def test_many_events_are_answered_one_by_one(
    installation: Installation, gateway: WorkerProcess, kind: str
) -> None:
    """Those that conform are sent, in order; the others are told why, by their place."""
    customer = f"carl-{kind}"
    events = [review(customer, id="1"), review(customer, metadata={}), review(customer, id="3")]
    body = (
        json.dumps(events).encode()
        if kind == JSON
        else b"\n".join(json.dumps(e).encode() for e in events) + b"\n"
    )
    status, answer = post(gateway, body, kind)
    assert status == 207
    assert (answer["accepted"], answer["refused"]) == (2, 1)
    assert [each.get("key") for each in answer["events"]] == [None, "missing_attribute", None]
    assert [each["index"] for each in answer["events"]] == [0, 1, 2]
    assert [json.loads(record.value)["id"] for record in sent(installation, customer)] == ["1", "3"]


def test_avro_goes_through_as_it_is(installation: Installation, gateway: WorkerProcess) -> None:
    """One single object, checked like everything else."""
    value = EventWire(load_catalog([EVENTS_DIRECTORY]).definitions["new_review"]).encode(
        review("dora", id="a-1")
    )
    status, _ = post(gateway, value, BYTES)
    spoilt, answer = post(gateway, value[:-1], BYTES)
    assert (status, spoilt, answer["key"]) == (202, 400, "malformed_avro")
    assert [record.value for record in sent(installation, "dora")] == [value]


def test_cloud_events_headers_fill_the_envelope(installation: Installation, gateway: WorkerProcess) -> None:
    """They travel as the headers of the record, where a worker reads them alike."""
    body = {"customer": {"source_id": "gus"}, "metadata": {"rating": 4}}
    status, answer = post(
        gateway, json.dumps(body).encode(), ce_id="ce-1", ce_type="new_review", ce_source="shop"
    )
    (record,) = sent(installation, "gus")
    assert status == 202
    assert answer["events"][0]["id"] == "ce-1"
    assert dict(record.headers) == {"ce_id": b"ce-1", "ce_type": b"new_review", "ce_source": b"shop"}


def test_what_is_no_request_is_refused_in_the_same_form(gateway: WorkerProcess) -> None:
    """Another content type, no list, too much, nothing at all: a status, a key and a message each."""
    seen = [
        post(gateway, b"rating=5", "application/x-www-form-urlencoded"),
        post(gateway, b"[{]", JSON),
        post(gateway, b"[" + b" " * (10 * 1024 * 1024) + b"]", JSON),
        post(gateway, b"", JSON),
        post(gateway, b"[" + b"1," * 10_000 + b"1]", JSON),
        post(gateway, b"{}", JSON, Content_Encoding="gzip"),
    ]
    assert [status for status, _ in seen] == [415, 400, 413, 400, 413, 400]
    assert all(answer["code"] == status and answer["key"] and answer["message"] for status, answer in seen)


def test_new_definitions_count_without_a_restart(installation: Installation, gateway: WorkerProcess) -> None:
    """An event that nobody knew is accepted once it has been applied."""
    event = json.dumps({"event": "parcel_lost", "customer": {"source_id": "hal"}}).encode()
    assert post(gateway, event)[1]["key"] == "undefined_event"
    document = {"type": "record", "name": "parcel_lost", "fields": []}
    (installation.directory / "definitions" / "parcel_lost.avsc").write_text(
        json.dumps(document), encoding="utf-8"
    )
    installation.run("apply", "definitions", "--yes")
    wait_until(lambda: post(gateway, event)[0] == 202, "the new definition to be known")


def test_the_curl_program_sends_the_example(installation: Installation, gateway: WorkerProcess) -> None:
    """As it stands, from the command that prints it; the metrics count it."""
    program = installation.run("schema", "show", "new_review", "--snippet", "curl")
    default = "http://127.0.0.1:8080"
    assert default in program
    program = program.replace(default, str(gateway.pages()))
    answered = subprocess.run(["bash", "-c", program], capture_output=True, check=True, timeout=60)
    assert json.loads(answered.stdout)["accepted"] == 1
    assert len(sent(installation, "c-42")) == 1
    assert gateway.metrics()['tidemark_gateway_events_total{event="new_review",result="accepted"}'] >= 1


def test_brokers_that_are_away_are_told(installation: Installation, tmp_path: Path) -> None:
    """A gateway that never finds a broker waits for one, and says so; it takes no events meanwhile."""
    nowhere = Installation("127.0.0.1:9", "nowhere.", tmp_path, clock="wall")
    with nowhere.started("gateway", GATEWAY, TIDEMARK_GATEWAY_PORT="0") as waiting:
        wait_until(lambda: "no Kafka broker answers" in waiting.said(), "the gateway to say so")
        assert waiting.pages() is None
