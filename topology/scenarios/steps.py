"""The kinds of steps of a scenario: an event comes, the clock moves on, definitions take over.

A step is known by a key, the first of ``STEPS`` that it has. To add a kind: how it is checked and how it is played, and
whom it is about, and a line in ``STEPS``.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from schemas.rejections import Rejected
from streams.domain.events import Event
from streams.domain.faults import ABSENT, Place, nearest
from streams.domain.instants import parse_instant
from streams.domain.signals import Occurred
from topology.scenarios import steps_without_events as others
from topology.scenarios.definitions import check_definitions
from topology.scenarios.instants import instant_at
from topology.scenarios.listing_steps import (
    PUT_ON,
    TAKEN_OFF,
    check_listing,
    customer_of_listing,
    play_listing,
)
from topology.scenarios.playing import Play
from topology.scenarios.scenario import Step, customer_of


class StepKind(NamedTuple):
    """How steps of one kind are checked, and what they do."""

    check: Callable[[Place, Step], None]
    """Notes what is wrong with how the step is written."""
    play: Callable[[Play, Step, str], None]
    """Moves the customers; the text says which step it is, for an event without id."""
    customer: Callable[[Step], str | None]
    """Whom it is about, as far as it tells."""


def kind_of(place: Place, step: Step) -> StepKind | None:
    """The kind of a step, or none after noting that there is no such kind."""
    for key, kind in STEPS.items():
        if key in step:
            return kind
    hints = (nearest(key, STEPS) for key in step)
    place.fault(f"a step with one of {', '.join(STEPS)}", step, next(filter(None, hints), None))
    return None


def _check_event(place: Place, step: Step) -> None:
    """Form and attributes are checked as a worker does, when it comes: a rejected event may be what is expected."""
    if "now" in step:
        instant_at(place.at("now"), step["now"])


def _play_event(play: Play, step: Step, name: str) -> None:
    body = {key: value for key, value in step.items() if key != "now"}
    now = parse_instant(step["now"]) if "now" in step else None
    read = play.read(body, name, now)
    if isinstance(read, Rejected):
        play.reject(read, body)
        return
    event: Event = read
    play.pass_time(event.occurred_at if now is None else now)
    play.move(event.customer_id, lambda clock: Occurred(event, clock))


def _check_tick(place: Place, step: Step) -> None:
    place.keys(step, {"tick"})
    instant_at(place.at("tick"), step["tick"])


def _play_tick(play: Play, step: Step, _name: str) -> None:
    play.pass_time(parse_instant(step["tick"]), for_all=True)


def _check_apply(place: Place, step: Step) -> None:
    place.keys(step, {"apply"})
    check_definitions(place.at("apply"), step.get("apply", ABSENT))


def _play_apply(play: Play, step: Step, _name: str) -> None:
    play.apply(step["apply"])


def _nobody(_step: Step) -> str | None:
    return None


STEPS: Mapping[str, StepKind] = {
    "event": StepKind(_check_event, _play_event, customer_of),
    "tick": StepKind(_check_tick, _play_tick, _nobody),
    "apply": StepKind(_check_apply, _play_apply, _nobody),
    "profile": StepKind(others.check_profile, others.play_profile, others.customer_of_profile),
    "delete": StepKind(others.check_delete, others.play_delete, others.customer_of_delete),
    "request": StepKind(others.check_request, others.play_request, customer_of),
    PUT_ON: StepKind(check_listing, play_listing, customer_of_listing),
    TAKEN_OFF: StepKind(check_listing, play_listing, customer_of_listing),
}
"""By the key that names the kind."""
