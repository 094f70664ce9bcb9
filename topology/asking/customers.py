"""One customer, asked for at the worker that has the customer's partition.

Decides who is asked, and for how long. Knows nothing of what is then told of the customer.
"""

import time
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from streams.domain.identities import CustomerId
from streams.domain.instants import Instant, parse_instant
from streams.domain.state import CustomerState
from streams.engine.partitioning import partition_of
from streams.gateway.customer_document import read_customer_document
from topology.asking.connecting import NoAnswer, request
from topology.asking.gathering import PATIENCE_SECONDS
from topology.asking.workers import Workers

_PAUSE_SECONDS = 0.25
_ANSWER_SECONDS = 15.0


class Customer(NamedTuple):
    """What a worker remembers of a customer."""

    id: CustomerId
    partition: int
    now: Instant
    """The reading of the partition's clock."""
    state: CustomerState


def fetch_customer(
    customer: CustomerId, workers: Workers, patience: float = PATIENCE_SECONDS
) -> Customer | None:
    """The customer; ``None`` if nothing is known of one with this id. Raises ``NoAnswer`` if nobody can tell."""
    number = partition_of(customer.encode(), workers.partitions)
    deadline = time.monotonic() + patience
    while True:
        try:
            return _ask(customer, number, workers)
        except NoAnswer:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def _ask(customer: CustomerId, number: int, workers: Workers) -> Customer | None:
    holders = workers.holders()
    holder = holders.get(number)
    if holder is None:
        raise NoAnswer(f"no worker has partition {number}" if holders else "no worker runs")
    if holder.address is None:
        raise NoAnswer(f"{holder.name} has partition {number}, and does not say where it is reached")
    path = f"/customers/{quote(customer, safe='')}"
    try:
        with request(holder, path, timeout=_ANSWER_SECONDS, may_lack=True) as answer:
            document = msgspec.json.decode(answer.read())
            if answer.status == HTTPStatus.NOT_FOUND and "customer_id" in document:
                return None
            state = read_customer_document(document)
            return Customer(customer, number, parse_instant(document["now"]), state)
    except NoAnswer as failure:
        raise NoAnswer(f"{holder.name}: {failure}") from failure
    except (KeyError, ValueError) as error:  # msgspec's errors are of this kind
        raise NoAnswer(f"{holder.name}: it is of another version, and cannot be asked") from error
