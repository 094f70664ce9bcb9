"""What an installation has committed once everything is done, and how two outcomes are compared.

Outputs must be equal record for record and in order per customer, compacted topics and states by key.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from streams.domain.state import CustomerState
from streams.engine.partition import CLOCK_KEY
from streams.engine.state_codec import decode_state
from tests.broker.events import PARTITIONS
from tests.broker.installation import Installation, Record, WorkerProcess, wait_until, without_emission
from tests.chaos.purchases import CHAOS_DEFINITIONS, LAST_DAY, write_purchases

OUTPUTS = ("segment-changes", "distribution-triggers", "point-events")
COMPACTED = ("segment-memberships", "point-balances")


class Outcome:
    """Everything that an installation has committed."""

    def __init__(self, installation: Installation) -> None:
        self.records = {topic: by_customer(installation.records(topic)) for topic in OUTPUTS}
        self.latest = {topic: latest(installation, topic) for topic in COMPACTED}
        self.states = states(installation)


def by_customer(records: list[dict[str, object]]) -> dict[object, list[dict[str, object]]]:
    """The records of each customer, in the order of the topic."""
    found: dict[object, list[dict[str, object]]] = {}
    for record in records:
        found.setdefault(record["customer_id"], []).append(record)
    return found


def latest(installation: Installation, topic: str) -> Mapping[bytes | None, Record]:
    """What a compacted topic comes to, without what a replay may change."""
    found = installation.latest(topic)
    return {key: without_emission(json.loads(value or b"null")) for key, value in found.items()}


def states(installation: Installation) -> Mapping[bytes | None, CustomerState]:
    """The state of each customer according to the changelog."""
    latest = installation.latest("tidemark.customers.changelog")
    return {key: decode_state(record) for key, record in latest.items() if key != CLOCK_KEY and record}


def prepared(bootstrap: str, prefix: str, directory: Path) -> Installation:
    """An installation with all purchases written, and the clock told to go on behind them."""
    installation = Installation(bootstrap, prefix, directory)
    installation.apply(CHAOS_DEFINITIONS)
    installation.produce(write_purchases(directory / "purchases.ndjson"))
    installation.run("tick", "--to", LAST_DAY)
    return installation


def finish(installation: Installation, worker: WorkerProcess) -> Outcome:
    """Let the worker do all that is left, stop it, and look at what is committed."""
    installation.wait_until_consumed()
    wait_until(lambda: worker.has_nothing_left(PARTITIONS), "all deadlines to be taken")
    assert worker.stop() < 10
    return Outcome(installation)


def assert_equal(found: Outcome, expected: Outcome) -> None:
    """Outputs record for record and in order per customer, compacted topics and states by key."""
    for topic in OUTPUTS:
        assert expected.records[topic], f"nothing to compare on {topic}"
        assert found.records[topic] == expected.records[topic]
    assert found.latest == expected.latest
    assert found.states == expected.states


def assert_gapless(found: Outcome) -> None:
    """Every customer's outputs are numbered 1, 2, 3, … without a gap or a repeat."""
    sequences: dict[object, set[object]] = {}
    for records in found.records.values():
        for customer, its in records.items():
            numbers = sequences.setdefault(customer, set())
            for record in its:
                assert record["sequence"] not in numbers, record
                numbers.add(record["sequence"])
    for customer, numbers in sequences.items():
        assert numbers == set(range(1, len(numbers) + 1)), customer
