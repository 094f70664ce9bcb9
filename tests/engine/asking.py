"""Stores of customers for the tests that ask, and the answers in a readable form."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from streams.domain.definitions import EventShape
from streams.domain.filters import Vocabulary
from streams.domain.identities import EventName
from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState, Occurrence
from streams.engine.state_codec import encode_state
from streams.engine.state_store import Changes, StateStore

VISIT = EventName("visit")
VOCABULARY = Vocabulary({VISIT: EventShape({}, additional=True)}, ())
OFTEN = {"events.visit.count": {"conditions": {"$more_than": [2]}}}
"""Who visited more than twice."""


def visited(times: int) -> CustomerState:
    """Somebody who visited so often, all at the beginning of time."""
    return NEW_CUSTOMER._replace(occurrences={VISIT: Occurrence(times, Instant(0), Instant(0))}, ruleset="r")


def keep(store: StateStore, customers: Mapping[str, CustomerState]) -> None:
    """Store customers."""
    changes = Changes()
    for customer, state in customers.items():
        changes.put(customer.encode(), encode_state(state))
    store.apply(changes, 1)


def opened(path: Path, visits: Mapping[str, int]) -> StateStore:
    """An open store of customers who visited so often."""
    store = StateStore.open(path)
    keep(store, {customer: visited(times) for customer, times in visits.items()})
    return store


class Said(NamedTuple):
    """Lines of an answer."""

    customers: list[dict[str, Any]]
    last: dict[int, dict[str, Any]]
    """By partition; only of those that came to an end."""


def read(lines: Iterable[bytes]) -> Said:
    """The answer in some pieces."""
    documents = [json.loads(line) for line in b"".join(lines).splitlines()]
    return Said(
        [each for each in documents if "customer_id" in each],
        {each["partition"]: each for each in documents if each.get("done")},
    )
