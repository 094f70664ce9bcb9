"""Runs a scenario and holds what came out to what was written down.

Decides what is compared with what: of each topic the records of each customer, in order, whatever the order between
customers is; rejections as they came. Does not decide how it is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from streams.domain.definitions import DefinitionError
from streams.domain.faults import Place as Spot
from streams.domain.identities import CustomerId
from streams.engine.errors import ConfigurationError
from topology.scenarios.comparing import Pair, compared
from topology.scenarios.definitions import refusal
from topology.scenarios.ground import Stage
from topology.scenarios.playing import Play, Produced
from topology.scenarios.reading import customers_of, expected_customer
from topology.scenarios.scenario import Expected, Scenario
from topology.scenarios.steps import kind_of
from topology.scenarios.topics import REJECTED, is_about

REFUSED = "refused"
"""What stands in place of a topic where faults of definitions are compared."""


class Mismatch(NamedTuple):
    """An expected record that did not come as it should, or a record that nobody expected."""

    topic: str
    customer: str | None
    pair: Pair
    """Its numbers are places in the topic's list of the scenario, and of no meaning for what was found."""
    expected: Expected | None
    found: Mapping[str, Any] | None
    step: str | None
    """The step that brought the found record about."""


class Verdict(NamedTuple):
    """A scenario and all that is not as it says; nothing if it holds."""

    scenario: Scenario
    mismatches: tuple[Mismatch, ...]

    @property
    def holds(self) -> bool:
        """Whether everything came out as written."""
        return not self.mismatches


def run(scenario: Scenario, stage: Stage) -> Verdict:
    """Run one scenario. Raises ``ConfigurationError`` if its definitions or events are not good, with places."""
    catalog = stage.catalog(scenario)
    path: tuple[str | int, ...] = ("definitions",)
    bodies: Sequence[Mapping[str, Any]] = scenario.definitions
    try:
        ruleset = stage.ruleset(scenario, catalog)
    except DefinitionError as error:
        if scenario.refused is None:
            raise ConfigurationError(refusal(scenario, path, bodies, error.faults)) from error
        found = [fault._asdict() | {"path": list(fault.path)} for fault in error.faults]
        return Verdict(scenario, tuple(_held(REFUSED, None, list(enumerate(scenario.refused)), found)))
    if scenario.refused is not None:
        return Verdict(scenario, tuple(_held(REFUSED, None, list(enumerate(scenario.refused)), [])))
    stage.check_only(scenario)
    play = Play(ruleset, stage.reader(catalog), lambda later: stage.compiled(later, scenario.clock, catalog))
    produced = _played(scenario, play)
    return Verdict(scenario, tuple(_mismatches(scenario, produced)))


def _played(scenario: Scenario, play: Play) -> list[Produced]:
    """The records of the steps that count."""
    for customer in scenario.customers:
        profile = {key: value for key, value in customer.items() if key != "source_id"}
        play.introduce(CustomerId(customer["source_id"]), profile)
    _play(scenario, "given", scenario.given, play)
    play.produced.clear()
    _play(scenario, "when", scenario.when, play)
    return play.produced


def _play(scenario: Scenario, key: str, steps: Sequence[Mapping[str, Any]], play: Play) -> None:
    for index, step in enumerate(steps):
        play.step = f"{key}[{index}]"
        kind = kind_of(Spot("scenario", "", (key, index), []), step)
        assert kind is not None  # noqa: S101 - the reader checked it
        name = f"step-{index}" if key == "when" else f"given-{index}"
        try:
            kind.play(play, step, name)
        except DefinitionError as error:
            applied = step["apply"]
            lines = refusal(scenario, (key, index, "apply"), applied, error.faults)
            raise ConfigurationError(lines) from error


def _mismatches(scenario: Scenario, produced: Sequence[Produced]) -> Iterator[Mismatch]:
    named = customers_of(scenario)
    for topic, expected in scenario.then.items():
        here = [each for each in produced if each.topic == topic and _is_compared(each, scenario)]
        if topic == REJECTED:
            yield from _held(topic, None, list(enumerate(expected)), here)
            continue
        whose = [expected_customer(topic, record) or "".join(named[:1]) for record in expected]
        for customer in dict.fromkeys([*named, *whose, *(str(each.customer) for each in here)]):
            its = [(index, record) for index, record in enumerate(expected) if whose[index] == customer]
            yield from _held(topic, customer, its, [each for each in here if each.customer == customer])


def _is_compared(produced: Produced, scenario: Scenario) -> bool:
    return scenario.only is None or produced.topic == REJECTED or is_about(produced.record, scenario.only)


def _held(
    topic: str,
    customer: str | None,
    expected: Sequence[tuple[int, Expected]],
    found: Sequence[Produced | Mapping[str, Any]],
) -> Iterator[Mismatch]:
    records = [each.record if isinstance(each, Produced) else each for each in found]
    for pair in compared([record for _, record in expected], records):
        if pair.agrees:
            continue
        index, wanted = (None, None) if pair.expected is None else expected[pair.expected]
        came = None if pair.found is None else found[pair.found]
        yield Mismatch(
            topic,
            customer,
            pair._replace(expected=index),
            wanted,
            came.record if isinstance(came, Produced) else came,
            came.step if isinstance(came, Produced) else None,
        )
