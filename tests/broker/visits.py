"""An event whose definition is wrong at first, and what a customer's visits come to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.broker.events import balances, home
from tests.broker.installation import Installation, Record, WorkerProcess, wait_until

SECONDS = {"name": "seconds", "type": "double"}
ROOM = {"name": "room", "type": ["null", "string"], "default": None}

_POINTS = """\
kind: earning_rule
id: point-a-visit
campaign: club
trigger: {event: visit}
points: {type: fixed, value: 1}
active: true
"""


def define(installation: Installation, *fields: Record) -> None:
    """Make ``visit`` an event with these attributes that earns a point."""
    directory = definitions(installation)
    directory.mkdir(exist_ok=True)
    document = {"type": "record", "name": "visit", "fields": list(fields)}
    (directory / "visit.avsc").write_text(json.dumps(document), encoding="utf-8")
    (directory / "points.yaml").write_text(_POINTS, encoding="utf-8")
    installation.run("apply", str(directory), "--yes")


def definitions(installation: Installation) -> Path:
    """Where the installation's definitions stand."""
    return installation.directory / "definitions"


@contextmanager
def taking_over(worker: WorkerProcess) -> Iterator[None]:
    """What is applied inside is in force behind it."""
    applied = "tidemark_ruleset_applied_timestamp_seconds"
    before = worker.metrics()[applied]
    yield
    wait_until(lambda: worker.metrics()[applied] != before, "the worker to take over what was applied")


def correct(installation: Installation, worker: WorkerProcess) -> None:
    """Add the room to the definition, and wait until the worker goes by it."""
    with taking_over(worker):
        define(installation, SECONDS, ROOM)


def visit(customer: str, **changed: Any) -> Record:
    """A visit that tells a room, without an id and a time."""
    event = {
        "event": "visit",
        "customer": {"source_id": customer},
        "metadata": {"seconds": 5, "room": "hall"},
    }
    return event | changed


def send(installation: Installation, event: Record, timestamp: int = 0) -> None:
    """Write an event where its customer stands, under a timestamp in milliseconds if one is given."""
    customer = event["customer"]["source_id"]
    installation.write(
        "custom-events",
        json.dumps(event).encode(),
        customer.encode(),
        partition=home(customer),
        timestamp=timestamp,
    )


def listed(installation: Installation, *filters: str) -> list[Record]:
    """What ``rejected list`` has."""
    return [
        json.loads(line) for line in installation.run("rejected", "list", "--json", *filters).splitlines()
    ]


def visits(installation: Installation, *customers: str) -> list[list[object]]:
    """The balance of each after each visit that counted: 1, 2, 3, … if each counted once."""
    return [balances(installation, customer) for customer in customers]
