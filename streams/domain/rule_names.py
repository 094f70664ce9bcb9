"""The names in validation rules: what each looks at, and how what is said of it is compiled.

Decides which names there are: ``customer.segment``, ``customer.metadata``, the customer's standard fields,
``custom_event.metadata``, how often and when events occurred, and the clock (``now``). What an operator answers stands
in ``comparisons``; several operators in one rule must all hold.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from streams.domain.calendars import Calendar, calendar_at
from streams.domain.comparisons import (
    Comparison,
    Subject,
    accepts_of,
    clock_comparisons_at,
    next_change_of,
    predicate_of,
    timed_comparisons_at,
)
from streams.domain.conditions import ProfileField
from streams.domain.definitions import AttributeType, EventShape
from streams.domain.event_conditions import event_condition_at
from streams.domain.facts import Facts, Predicate
from streams.domain.faults import ABSENT, Place, nearest
from streams.domain.identities import EventName
from streams.domain.instants import Instant, format_instant
from streams.domain.memberships import memberships_at
from streams.domain.profiles import ADDRESS, FIELDS, profile_path
from streams.domain.validation import Statement

ANY_EVENT: Final = EventShape({}, additional=True)
"""The shape to check against while the event is not known."""

NOW: Final = "now"
EVENTS: Final = "events."

_FIELDS = (*FIELDS, *(f"address.{field}" for field in ADDRESS))
NAMES = (
    "customer.segment",
    "customer.metadata",
    "custom_event.metadata",
    *(f"customer.{field}" for field in _FIELDS),
    NOW,
)
_KEYS = frozenset({"name", "property", "conditions", "zone", "rules", "error"})


class Context(NamedTuple):
    """What a rule may look at where it is used."""

    segments: Collection[str]
    event: EventShape | None
    """None where no event triggers."""
    events: Mapping[EventName, EventShape] = {}
    """All that are defined."""


class EventAttribute(NamedTuple):
    """What the event that triggers says in one attribute."""

    attribute: str
    comparisons: tuple[Comparison, ...]
    kind: AttributeType | None
    """The attribute's type; none if it is not known beforehand."""

    def predicate(self) -> Predicate:
        """Holds when the attribute passes every comparison; never without an event."""
        attribute, accepts = self.attribute, accepts_of(self.comparisons)
        if accepts is None:
            return predicate_of(self.value, self.comparisons)
        # The same with a call less, since it is asked for every event.
        return lambda facts: facts.event is not None and accepts(facts.event.metadata.get(attribute))

    def value(self, facts: Facts) -> object:
        """What stands there; none where nothing does."""
        return None if facts.event is None else facts.event.metadata.get(self.attribute)

    def next_change(self, facts: Facts) -> Instant | None:
        """The next instant at which a comparison may answer otherwise."""
        return next_change_of(self.value(facts), self.comparisons, facts.now)


class Clock(NamedTuple):
    """What the clock says at the instant at which the rule is asked."""

    comparisons: tuple[Comparison, ...]

    def predicate(self) -> Predicate:
        """Holds when the instant passes every comparison."""
        return predicate_of(lambda _: None, self.comparisons)

    def value(self, facts: Facts) -> str:
        """The instant, by UTC."""
        return format_instant(facts.now)

    def next_change(self, facts: Facts) -> Instant | None:
        """The next instant at which a comparison may answer otherwise."""
        return next_change_of(None, self.comparisons, facts.now)


def statements_at(
    place: Place, body: Mapping[str, object], context: Context
) -> tuple[str, tuple[Statement, ...]] | None:
    """The name in a rule and what it says of it, all of which must hold; none after noting faults."""
    noted = len(place.noted)
    name = _name(place.at("name"), body.get("name", ABSENT))
    if name is None:
        return None
    place.keys(body, _KEYS | {"within"} if name.startswith(EVENTS) else _KEYS)
    calendar = calendar_at(place.at("zone"), body["zone"]) if "zone" in body else None
    found = tuple(_statements(place, name, body, context, calendar))
    return (name, found) if found and len(place.noted) == noted else None


def _name(place: Place, name: object) -> str | None:
    if isinstance(name, str) and (name in NAMES or name.startswith(EVENTS)):
        return name
    hint = nearest(str(name), NAMES)
    if str(name).startswith("event."):
        hint = f"write event.metadata.{str(name).removeprefix('event.')}"
    place.fault("one of " + ", ".join((*NAMES, "events.<name>.count")), name, hint)
    return None


def _statements(
    place: Place, name: str, body: Mapping[str, object], context: Context, calendar: Calendar | None
) -> Iterator[Statement]:
    said = {key: body[key] for key in ("conditions",) if key in body}
    if name == "customer.segment":
        yield from memberships_at(place, said, context.segments)
    elif name == NOW:
        compared = clock_comparisons_at(place, said, calendar)
        if compared is not None:
            yield Clock(compared)
    elif name.startswith(EVENTS):
        within = {"within": body["within"]} if "within" in body else {}
        path = name.removeprefix(EVENTS)
        condition = event_condition_at(place, path, {**said, **within}, context.events, calendar)
        if condition is not None:
            yield condition
    else:
        yield from _values(place, name, body, context, calendar)


def _values(
    place: Place, name: str, body: Mapping[str, object], context: Context, calendar: Calendar | None
) -> Iterator[Statement]:
    said = {key: body[key] for key in ("conditions",) if key in body}
    needs_property = name.endswith(".metadata")
    text = place.at("property").text(body.get("property", ABSENT)) if needs_property else None
    if needs_property and text is None:
        return
    if name == "custom_event.metadata":
        yield from _attribute(place, str(text), said, context, calendar)
        return
    field = profile_path(place, f"metadata.{text}" if needs_property else name.removeprefix("customer."))
    compared = None if field is None else timed_comparisons_at(place, said, Subject(field[1], calendar))
    if field is not None and compared is not None:
        yield ProfileField(field[0], compared)


def _attribute(
    place: Place, attribute: str, said: Mapping[str, object], context: Context, calendar: Calendar | None
) -> Iterator[Statement]:
    shape = context.event
    if shape is None:
        place.at("name").fault(
            "a rule about the customer", "custom_event.metadata", "this trigger has no event"
        )
        return
    kind = shape.attributes.get(attribute)
    if kind is None and not shape.additional:
        place.at("property").unknown("attribute of the event", attribute, shape.attributes)
        return
    compared = timed_comparisons_at(place, said, Subject(kind, calendar))
    if compared is not None:
        yield EventAttribute(attribute, compared, kind)
