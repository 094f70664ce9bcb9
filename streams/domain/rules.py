"""Validation rules: Voucherify's rule JSON, numbered rules joined by ``logic``, compiled into one predicate.

Decides what a rule may look at: segments of the customer, standard fields and metadata of the customer, metadata of the
event that triggered. Rules see the customer after the event is counted. What an operator answers stands in
``comparisons``, days counted from the instant at which the rule is asked, without a calendar; several operators in one
rule must all hold.
"""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from streams.domain.comparisons import Subject, accepts_of, comparisons_at, predicate_of
from streams.domain.conditions import ProfileField
from streams.domain.definitions import AttributeType, EventShape
from streams.domain.effects import RuleFailed
from streams.domain.facts import Facts, Predicate, all_of
from streams.domain.faults import ABSENT, NOTES, Place, nearest
from streams.domain.instants import Instant
from streams.domain.logic import Joined, LogicError, parse_logic
from streams.domain.memberships import memberships_at
from streams.domain.profiles import FIELDS, profile_path

ANY_EVENT: Final = EventShape({}, additional=True)
"""The shape to check against while the event is not known."""

MOST_RULES = 200

_NAMES = (
    "customer.segment",
    "customer.metadata",
    "custom_event.metadata",
    *(f"customer.{field}" for field in FIELDS),
)
_BODY = NOTES | {"type", "context_type", "error", "rules", "logic", "applicable_to"}


class Rule(NamedTuple):
    """One numbered rule."""

    number: str
    name: str
    """What it looks at, such as ``customer.segment``."""
    holds: Predicate
    message: str | None
    """What to tell who fails it."""
    condition: ProfileField | None = None
    """What it says of the customer's profile, which time may change."""


class ValidationRule(NamedTuple):
    """A compiled validation rule."""

    holds: Predicate
    rules: tuple[Rule, ...]
    message: str | None
    logic: Joined

    def failures(self, facts: Facts) -> tuple[RuleFailed, ...]:
        """The rules that would have to hold for the whole to hold, and do not; none if it holds."""
        failing = self.logic.failing({rule.number: rule.holds(facts) for rule in self.rules})
        return tuple(
            RuleFailed(rule.number, rule.name, rule.message or self.message)
            for rule in self.rules
            if rule.number in failing
        )

    def next_change(self, facts: Facts) -> Instant | None:
        """The next instant at which time alone may change what a rule says of the profile."""
        conditions = (rule.condition for rule in self.rules)
        changes = [one.next_change(facts) for one in conditions if one is not None and one.moves]
        return min((change for change in changes if change is not None), default=None)


class Context(NamedTuple):
    """What a rule may look at where it is used."""

    segments: Collection[str]
    event: EventShape | None
    """None where no event triggers."""


def compile_rule(place: Place, body: object, context: Context) -> ValidationRule | None:
    """Check a validation rule and compile it, or none after noting every fault."""
    noted = len(place.noted)
    written = place.mapping(body)
    if written is None:
        return None
    inner, numbered = _rules(place, written)
    rules = _numbered(inner, numbered, context)
    logic = _logic(place, inner, written, numbered)
    if logic is None or len(place.noted) > noted:
        return None
    holds = logic.predicate({rule.number: rule.holds for rule in rules})
    return ValidationRule(holds, rules, _message(place.at("error"), written.get("error")), logic)


def _rules(place: Place, body: Mapping[str, object]) -> tuple[Place, Mapping[str, object]]:
    """The mapping that holds the numbered rules: under ``rules``, or the body itself when it stands inline."""
    if "rules" not in body:
        return place, {key: value for key, value in body.items() if key not in _BODY or key == "logic"}
    place.keys(body, _BODY)
    applicable = body.get("applicable_to")
    if isinstance(applicable, Mapping) and (applicable.get("included") or applicable.get("excluded")):
        # Nothing here is a product: a rule for some products only would be misread.
        place.at("applicable_to").fault("no products", applicable)
    inner = place.at("rules")
    return inner, inner.mapping(body["rules"]) or {}


def _numbered(place: Place, body: Mapping[str, object], context: Context) -> tuple[Rule, ...]:
    numbers = [key for key in body if key != "logic"]
    if not numbers or len(numbers) > MOST_RULES:
        place.fault(f"1 to {MOST_RULES} numbered rules", len(numbers))
    for key in numbers:
        if not key.isdecimal():
            place.at(key).fault("a rule number or logic", key, nearest(key, ("logic",)))
    rules = [_rule(place.at(key), key, body[key], context) for key in numbers if key.isdecimal()]
    return tuple(rule for rule in rules if rule is not None)


def _logic(
    place: Place, inner: Place, body: Mapping[str, object], numbered: Mapping[str, object]
) -> Joined | None:
    numbers = [key for key in numbered if key.isdecimal()]
    beside = "logic" in numbered
    here = inner.at("logic") if beside else place.at("logic")
    logic = numbered["logic"] if beside else body.get("logic")
    if logic is None or logic == "":
        return Joined(alternative=False, parts=tuple(numbers)) if numbers else None
    if isinstance(logic, int) and not isinstance(logic, bool):
        logic = str(logic)
    text = here.text(logic)
    try:
        joined = None if text is None else parse_logic(text)
    except LogicError as error:
        here.fault(error.expected, error.found)
        return None
    for number in sorted(joined.numbers() - set(numbers) if joined else ()):
        here.unknown("rule number", number, numbers)
    return joined


def _rule(place: Place, number: str, body: object, context: Context) -> Rule | None:
    written = place.mapping(body)
    if written is None:
        return None
    place.keys(written, {"name", "property", "conditions", "rules", "error"})
    if written.get("rules"):
        place.at("rules").fault("no rules inside rules; number them and join them by logic", written["rules"])
    name = place.at("name").choice(written.get("name", ABSENT), _NAMES)
    if name is None:
        return None
    said: Predicate | ProfileField | None
    if name == "customer.segment":
        said = _segment(place, _conditions(written), context)
    else:
        said = _value(place, name, written, context)
    if said is None:
        return None
    message = _message(place.at("error"), written.get("error"))
    if isinstance(said, ProfileField):
        return Rule(number, name, said.predicate(), message, said)
    return Rule(number, name, said, message)


def _segment(place: Place, conditions: Mapping[str, object], context: Context) -> Predicate | None:
    found = memberships_at(place, conditions, context.segments)
    return all_of(tuple(reference.predicate() for reference in found)) if found else None


def _value(
    place: Place, name: str, body: Mapping[str, object], context: Context
) -> Predicate | ProfileField | None:
    needs_property = name.endswith(".metadata")
    text = place.at("property").text(body.get("property", ABSENT)) if needs_property else None
    if needs_property and text is None:
        return None
    if name == "custom_event.metadata":
        return _attribute(place, str(text), body, context)
    field = profile_path(place, f"metadata.{text}" if needs_property else name.removeprefix("customer."))
    comparisons = None if field is None else comparisons_at(place, _conditions(body), Subject(field[1]))
    if field is None or comparisons is None:
        return None
    return ProfileField(field[0], comparisons)


def _attribute(
    place: Place, attribute: str, body: Mapping[str, object], context: Context
) -> Predicate | None:
    shape = context.event
    if shape is None:
        place.at("name").fault(
            "a rule about the customer", "custom_event.metadata", "this trigger has no event"
        )
        return None
    kind: AttributeType | None = shape.attributes.get(attribute)
    if kind is None and not shape.additional:
        place.at("property").unknown("attribute of the event", attribute, shape.attributes)
        return None
    comparisons = comparisons_at(place, _conditions(body), Subject(kind))
    if comparisons is None:
        return None
    accepts = accepts_of(comparisons)
    if accepts is None:
        return predicate_of(
            lambda facts: None if facts.event is None else facts.event.metadata.get(attribute), comparisons
        )
    # The same with a call less, since it is asked for every event.
    return lambda facts: facts.event is not None and accepts(facts.event.metadata.get(attribute))


def _conditions(body: Mapping[str, object]) -> Mapping[str, object]:
    return {key: body[key] for key in ("conditions",) if key in body}


def _message(place: Place, body: object) -> str | None:
    if body is None:
        return None
    written = place.mapping(body)
    return None if written is None else place.at("message").text(written.get("message", ABSENT))
