"""20 distributions and 10 earning rules on one event, of which a given event fires none, as most events do.

Decides their validation rules: thresholds, kinds and texts of the event, segments, levels and dates of the customer,
most of them two joined. Each is another, so that nothing is asked once for several by chance.
"""

from collections.abc import Iterator
from typing import Any

from streams.domain.definitions import Definition, EventShape
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant
from streams.domain.ruleset import Ruleset, compile_ruleset

DISTRIBUTIONS = 20
EARNING_RULES = 10
EVENT = EventName("order_placed")
_SHAPES = {
    EVENT: EventShape(
        {"amount": "number", "items": "number", "channel": "text", "coupon": "text", "tags": "list"},
        additional=False,
    )
}
_RULES = (
    "event.metadata.amount > {over}",
    'event.metadata.channel = "shop-{n}"',
    'event.metadata.amount >= {over} and segment = "guests"',
    'segment in ("friends", "family") and event.metadata.items > {n}',
    'metadata.club_level = "Level {n}" and event.metadata.amount > {n}',
    'event.metadata.coupon starts_with "SPRING-{n}-"',
    'event.metadata.channel in ("app-{n}", "kiosk") and event.metadata.items >= 2',
    'event.metadata.tags contains "gift-{n}" and metadata.club_level has_value',
    "event.metadata.amount > {over} or event.metadata.items > {over}",
    "metadata.birthday_club = true and birthdate anniversary_in_days {n}",
)


def ruleset(distributions: int = DISTRIBUTIONS, earning_rules: int = EARNING_RULES) -> Ruleset:
    """So many of them, and two segments that nobody is in."""
    return compile_ruleset(_definitions(distributions, earning_rules), _SHAPES)


def _definitions(distributions: int, earning_rules: int) -> Iterator[Definition]:
    for segment in ("friends", "family", "guests"):
        yield _definition("segment", segment, {"filter": f"metadata.{segment} has_value"})
    for n in range(distributions):
        body = {"message": {"text": "hello"}, **_reaction(n)}
        yield _definition("distribution", f"message-{n:02}", body)
    for n in range(earning_rules):
        body = {"campaign": "club", "points": {"type": "fixed", "value": 5}, **_reaction(n + distributions)}
        yield _definition("earning_rule", f"points-{n:02}", body)


def _reaction(n: int) -> dict[str, Any]:
    rule = _RULES[n % len(_RULES)].format(n=n, over=500 + n)
    return {"trigger": {"event": EVENT}, "validation_rule": rule}


def _definition(kind: Any, name: str, body: dict[str, Any]) -> Definition:
    return Definition(kind, name, 1, {"kind": kind, "id": name, **body})


def orders(count: int, customers: int) -> list[Event]:
    """Orders that no rule asks for; every customer's profile comes with the first."""
    return [_order(number, customers) for number in range(count)]


def _order(number: int, customers: int) -> Event:
    metadata: dict[str, Any] = {
        "amount": 20 + number % 300,
        "items": 1,
        "channel": "web",
        "coupon": "AUTUMN",
        "tags": ["sale"],
    }
    profile: dict[str, Any] = {"metadata": {"club_level": "Gold"}, "birthdate": "1990-06-15"}
    customer, at = CustomerId(f"c-{number % customers}"), Instant(1_767_225_600_000 + number)
    return Event(
        EventId(f"o-{number}"), EVENT, customer, at, metadata, profile if number < customers else {}, None
    )
