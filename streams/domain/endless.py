"""Definitions of which is certain, from what they say alone, that they set themselves off without end.

Decides what is refused for that. Of all that Tidemark causes, only points can be caused by what they cause: a segment
must be left before it is entered again, and a message causes no internal event. So the one certain cycle is an earning
rule that grants points whenever points were added. One with a validation rule or with limits comes to an end, or may;
if it does not, it is cut when it happens (``cascade``).
"""

from collections.abc import Iterable, Mapping

from streams.domain.definitions import Definition, Fault
from streams.domain.faults import Place
from streams.domain.internal_names import POINTS_ADDED
from streams.domain.operators import number_of


def note_endless(earning_rules: Iterable[Definition], noted: list[Fault]) -> None:
    """Note every earning rule whose own points make it grant again, each time."""
    for rule in earning_rules:
        if _is_set_off_by_itself(rule.body):
            place = Place("earning_rule", rule.id, ("trigger", "event"), noted)
            hint = "give it a validation_rule or limits"
            place.fault("an event that its own points do not cause again, without end", POINTS_ADDED, hint)


def _is_set_off_by_itself(body: Mapping[str, object]) -> bool:
    trigger, points, limits = body.get("trigger"), body.get("points"), body.get("limits")
    return (
        isinstance(trigger, Mapping)
        and trigger.get("event") == POINTS_ADDED
        and body.get("validation_rule") is None
        and not limits
        and body.get("active", True) is True
        and isinstance(points, Mapping)
        and _earns_from_its_own(points)
    )


def _earns_from_its_own(points: Mapping[str, object]) -> bool:
    """Whether any points of the rule are worth points again, by the same rule."""
    if points.get("type") == "fixed":
        return True
    every, worth = number_of(points.get("every")), number_of(points.get("points"))
    return points.get("property") == "points" and every is not None and worth is not None and every <= worth
