"""What customers do: events of several types, fixed by a seed, on the wire as JSON.

Decides who does what, and how much of it; the same traffic gives the same events everywhere, and fewer of them are a
prefix of more. What must come out of them, as far as it can be told from the events alone, is computed here too. When
an event occurs is told by whoever sends it.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tests.bench.ruleset import DAY_MS, event_types, often

_WEIGHTS = (50, 15, 15, 8, 7, 5)
"""Of a hundred events, by type: page views first."""
_WITH_PROFILE = 0.1
"""Part of the events that carry fields of the customer."""


class Traffic(NamedTuple):
    """Who does how much of what."""

    customers: int
    kinds: int = 6
    """Event types that occur, of those that the definitions know."""
    big_share: float = 0.1
    """Part of the purchases that are big orders."""
    seed: int = 20_240_229


class Happening(NamedTuple):
    """One event, but for the instant at which it occurs."""

    customer: str
    event_id: str
    event: str
    metadata: str
    """JSON."""
    profile: str = ""
    """Further members of ``customer`` in JSON, each with a comma before it."""
    big: bool = False
    """A big order: causes exactly one record of the points rule."""


def happenings(traffic: Traffic, count: int) -> Iterator[Happening]:
    """The first ``count`` events of an endless, fixed sequence."""
    chance = random.Random(traffic.seed)
    types = event_types(3 * traffic.kinds)
    chosen = chance.choices(types, _WEIGHTS[: len(types)], k=10_000)
    for number in range(count):
        who = int(chance.random() * traffic.customers)
        event = chosen[int(chance.random() * 10_000)]
        share = chance.random()
        big = event == "purchase" and share < traffic.big_share
        profile = profile_of(who) if chance.random() < _WITH_PROFILE else ""
        metadata = _purchase(share, big=big) if event == "purchase" else _metadata(event, number, share)
        yield Happening(f"c-{who}", f"{traffic.seed:x}-{number:x}", event, metadata, profile, big)


def first_visits(customers: int, *, with_profile: int = 10) -> Iterator[Happening]:
    """One page view of every customer, so that everybody is known; one in so many brings a profile."""
    for who in range(customers):
        profile = profile_of(who) if who % with_profile == 0 else ""
        yield Happening(
            f"c-{who}", f"first-{who:x}", "page_viewed", _metadata("page_viewed", who, 0.5), profile
        )


def abandoned_carts(customers: int) -> Iterator[Happening]:
    """One abandoned cart each for customers of whom nothing else is known: a day later they are due."""
    for who in range(customers):
        yield Happening(
            f"due-{who}", f"cart-{who:x}", "cart_abandoned", _metadata("cart_abandoned", who, 0.5)
        )


def orders(customers: Sequence[str], name: str) -> Iterator[Happening]:
    """Big orders without end, by these customers in turn, numbered by their ids."""
    number = 0
    while True:
        for customer in customers:
            yield Happening(customer, f"{name}-{number}", "purchase", _purchase(0.0, big=True), big=True)
            number += 1


def wire_form(happening: Happening, occurred_at: str) -> bytes:
    """The event as producers write it."""
    customer, event_id, event, metadata, profile, _ = happening
    return (
        f'{{"id":"{event_id}","event":"{event}","customer":{{"source_id":"{customer}"{profile}}},'
        f'"occurred_at":"{occurred_at}","source":"bench","metadata":{metadata}}}'
    ).encode()


def instant(milliseconds: float) -> str:
    """Milliseconds since 1970 as the wire has them."""
    moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def milliseconds(text: str) -> int:
    """The reverse of ``instant``."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def backlog(
    sequence: Iterable[Happening], until_ms: float, *, count: int, days: float = 0.5
) -> Iterator[tuple[str, bytes]]:
    """Keyed records of events that occurred one after another over some time up to an instant."""
    step = days * DAY_MS / max(count, 1)
    for number, happening in enumerate(sequence):
        occurred_at = instant(until_ms - (count - number) * step)
        yield happening.customer, wire_form(happening, occurred_at)


class Expected(NamedTuple):
    """What must come out, told from the events alone."""

    points: int
    """Records of the points rule: one a big order."""
    often: int
    """Customers that enter a segment ``-often``, over all event types."""


def expected(sequence: Iterable[Happening]) -> Expected:
    """Count big orders, and occurrences by customer and type."""
    counts: Counter[tuple[str, str]] = Counter()
    points = 0
    for happening in sequence:
        counts[happening.customer, happening.event] += 1
        points += happening.big
    return Expected(points, sum(count > often(event) for (_, event), count in counts.items()))


def profile_of(who: int) -> str:
    """Fields of the customer: one in twenty is Gold, as many are Silver, one in fifty lives in Paris."""
    level = {0: "Gold", 10: "Silver"}.get(who // 10 % 20, "Bronze")
    city = "Paris" if who % 50 == 7 else "Lyon"
    return (
        f',"name":"Customer {who}","email":"c{who}@example.org","address":{{"city":"{city}"}},'
        f'"metadata":{{"club_level":"{level}"}}'
    )


def _purchase(share: float, *, big: bool) -> str:
    amount = 180 + share * 20 if big else share * 179
    return f'{{"cds":{1 + int(share * 9)},"amount":{amount:.2f}}}'


def _metadata(event: str, number: int, share: float) -> str:
    match event:
        case "page_viewed":
            return f'{{"path":"/p/{number % 5000}","device":"web","seconds":{share * 300:.1f}}}'
        case "cart_abandoned":
            items = f'[{{"product_id":"p-{number % 500}","quantity":2}}]'
            return f'{{"cart_id":"k-{number}","value":{share * 200:.2f},"items":{items}}}'
        case "new_review":
            return f'{{"rating":{1 + int(share * 5)},"text":"As it was described, it came in two days."}}'
        case "store_visited":
            return f'{{"store_id":"s-{number % 90}","with_purchase":true}}'
        case _:
            return f'{{"place":"stand {number % 90}","seconds":{share * 300:.1f}}}'
