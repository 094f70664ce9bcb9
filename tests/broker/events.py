"""Events as producers write them, and where their customers stand."""

import base64
import json
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.avro_wire import EventWire
from schemas.catalog import EVENTS_DIRECTORY, load_catalog
from streams.engine.partitioning import partition_of
from tests.broker.installation import Installation, Record

DEFINITIONS = Path(__file__).parent / "definitions"
PARTITIONS = 4


def purchase(customer: str, **changed: Any) -> dict[str, Any]:
    """A purchase with an id of its own."""
    event = {
        "id": uuid.uuid4().hex,
        "event": "purchase",
        "customer": {"source_id": customer},
        "metadata": {"cds": 1, "amount": 12.5},
    }
    return event | changed


def review(customer: str, **changed: Any) -> dict[str, Any]:
    """A review with an id of its own."""
    return purchase(customer, event="new_review", metadata={"rating": 5}) | changed


def written(event: dict[str, Any]) -> bytes:
    """The event in JSON."""
    return json.dumps(event).encode()


def in_avro(event: dict[str, Any]) -> bytes:
    """The event in Avro's single-object encoding."""
    definition = load_catalog([EVENTS_DIRECTORY]).definitions[event["event"]]
    return EventWire(definition).encode(event)


def home(customer: str) -> int:
    """The partition on which a customer stands."""
    return partition_of(customer.encode(), PARTITIONS)


def send(installation: Installation, customer: str, *values: bytes | None) -> None:
    """Write values under a customer's key, on the customer's partition."""
    for value in values:
        installation.write("custom-events", value, customer.encode(), partition=home(customer))


def ago(*, days: float = 0, seconds: float = 0) -> str:
    """An instant in the past, to the millisecond."""
    moment = datetime.fromtimestamp(time.time() - days * 86_400 - seconds, UTC)
    return moment.isoformat(timespec="milliseconds")


def of_customer(installation: Installation, topic: str, customer: str) -> list[Record]:
    """One customer's records on a topic, in their order."""
    return [record for record in installation.records(topic) if record["customer_id"] == customer]


def balances(installation: Installation, customer: str) -> list[object]:
    """The customer's balance after each purchase that counted: 1, 2, 3, … if each counted once."""
    return [record["balance"] for record in of_customer(installation, "point-events", customer)]


def original(record: Record, part: str = "value") -> bytes | None:
    """Key or value of a rejected record as it was received."""
    held = record[part]
    return None if held is None else base64.b64decode(held)
