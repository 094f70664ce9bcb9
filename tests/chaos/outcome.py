"""What an installation has committed, and how two outcomes are compared.

Outputs must be equal record for record and in order per customer, compacted topics and states by key.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple, Self

from streams.domain.state import CustomerState
from streams.engine.marks import is_mark
from streams.engine.state_codec import decode_state
from tests.broker.installation import Delivered, Installation, Record, without_emission

NUMBERED = ("segment-changes", "distribution-triggers", "distribution-suppressions", "point-events")
OUTPUTS = (*NUMBERED, "internal-events")
COMPACTED = ("segment-memberships", "point-balances")
CHANGELOG = "tidemark.customers.changelog"


class Outcome(NamedTuple):
    """Everything that an installation has committed."""

    records: Mapping[str, Mapping[str, list[Record]]]
    """The records of each output topic by customer, in the order of the topic."""
    latest: Mapping[str, Mapping[bytes | None, Record]]
    """What each compacted topic comes to, by key."""
    states: Mapping[bytes | None, CustomerState]
    """The state of each customer according to the changelog."""

    @classmethod
    def of(cls, installation: Installation, besides: str = "") -> Self:
        """What is committed now, but for customers whose names begin with ``besides``."""
        read = installation.read_all((*OUTPUTS, *COMPACTED, CHANGELOG))
        states = {each.key: each.value for each in read[CHANGELOG] if not is_mark(each.key or b"")}
        return cls(
            {topic: _by_customer(besides_these(read[topic], besides)) for topic in OUTPUTS},
            {topic: {each.key: _record(each) for each in read[topic]} for topic in COMPACTED},
            {
                key: decode_state(state)
                for key, state in states.items()
                if state and not _left_out(key, besides)
            },
        )

    def size(self) -> int:
        """How many records there are on the output topics."""
        return sum(len(its) for of_topic in self.records.values() for its in of_topic.values())


def besides_these(delivered: list[Delivered], besides: str) -> list[Delivered]:
    """The records of other customers than those whose names begin so."""
    return [each for each in delivered if not _left_out(each.key, besides)]


def _left_out(key: bytes | None, besides: str) -> bool:
    return bool(besides) and (key or b"").startswith(besides.encode())


def _record(delivered: Delivered) -> Record:
    return without_emission(json.loads(delivered.value or b"null"))


def _by_customer(delivered: list[Delivered]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for each in delivered:
        record = _record(each)
        customer = record["customer_id"] if "customer_id" in record else record["customer"]["source_id"]
        found.setdefault(customer, []).append(record)
    return found


def assert_telling(outcome: Outcome) -> None:
    """There is something of everything to compare, changes by time included."""
    for topic, its in (*outcome.records.items(), *outcome.latest.items()):
        assert its, f"nothing to compare on {topic}"
    changes = outcome.records["segment-changes"].values()
    assert {change["cause"] for its in changes for change in its} == {"event", "time"}


def assert_equal(found: Outcome, expected: Outcome) -> None:
    """Outputs record for record and in order per customer, compacted topics and states by key."""
    for topic in OUTPUTS:
        assert found.records[topic] == expected.records[topic], topic
    assert found.latest == expected.latest
    assert found.states == expected.states


def missing(found: Outcome, expected: Outcome) -> str:
    """In words, what each topic lacks: how many records of how many, and of which customers."""
    lines = []
    for topic in OUTPUTS:
        its, ours = expected.records[topic], found.records[topic]
        lacking = sorted(customer for customer in its if its[customer] != ours.get(customer))
        there = sum(map(len, ours.values()))
        lines.append(
            f"{topic}: {there} of {sum(map(len, its.values()))}, other than expected of {lacking[:20]}"
        )
    return "\n".join(lines)


def assert_gapless(found: Outcome) -> None:
    """Every customer's outputs are numbered 1, 2, 3, … without a gap or a repeat."""
    sequences: dict[str, list[int]] = {}
    for topic in NUMBERED:
        for customer, its in found.records[topic].items():
            sequences.setdefault(customer, []).extend(record["sequence"] for record in its)
    for customer, numbers in sequences.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), customer
