"""What scenarios start from: events and definitions of a directory, or their own; compiled once for all who share them.

Decides when a scenario's own take the place of the directory's: definitions as a whole, events one by one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from schemas.catalog import Catalog
from schemas.errors import SchemaError
from schemas.wire import EventReader
from streams.domain.definitions import Definition, Fault
from streams.domain.faults import Place
from streams.domain.instants import DAY, Milliseconds
from streams.domain.ruleset import Clock, Ruleset, compile_ruleset
from streams.engine.errors import ConfigurationError
from topology.definitions.event_shapes import event_shapes
from topology.definitions.faults import fault_words
from topology.scenarios.definitions import definitions_of
from topology.scenarios.scenario import Scenario
from topology.scenarios.short_events import avro_event
from topology.templates.compiling import compile_template


class Ground(NamedTuple):
    """What a scenario finds unless it says otherwise."""

    catalog: Catalog
    definitions: tuple[Definition, ...] = ()
    duplicate_window: Milliseconds = DAY
    max_ahead: Milliseconds = Milliseconds(300_000)


class Stage:
    """A ground, and what was made of it for the scenarios that add nothing."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._reader = self._reading(ground.catalog)
        self._rulesets: dict[Clock, Ruleset] = {}

    def catalog(self, scenario: Scenario) -> Catalog:
        """All events that the scenario knows. Raises ``ConfigurationError`` for those of its own that are none."""
        own = {
            name: avro_event(name, body, (*scenario.given, *scenario.when))
            for name, body in scenario.events.items()
        }
        try:
            return self._ground.catalog.with_documents(own) if own else self._ground.catalog
        except SchemaError as error:
            lines = [f"{scenario.locate('events')}: {fault}" for fault in error.faults]
            raise ConfigurationError("\n".join(lines)) from error

    def reader(self, catalog: Catalog) -> EventReader:
        """What reads events against a catalog."""
        return self._reader if catalog is self._ground.catalog else self._reading(catalog)

    def ruleset(self, scenario: Scenario, catalog: Catalog) -> Ruleset:
        """The definitions that the scenario begins with. Raises ``DefinitionError``."""
        if scenario.brings_definitions:
            return self.compiled(scenario.definitions, scenario.clock, catalog)
        if catalog is not self._ground.catalog:
            return self._compiled(self._ground.definitions, scenario.clock, catalog)
        if scenario.clock not in self._rulesets:
            self._rulesets[scenario.clock] = self._compiled(self._ground.definitions, scenario.clock, catalog)
        return self._rulesets[scenario.clock]

    def check_only(self, scenario: Scenario) -> None:
        """See that what a scenario limits itself to is defined. Raises ``ConfigurationError``."""
        own = (*scenario.definitions, *(each for step in scenario.when for each in step.get("apply", ())))
        inherited = () if scenario.brings_definitions else (each.body for each in self._ground.definitions)
        known = {str(body[key]) for body in (*own, *inherited) for key in ("id", "campaign") if key in body}
        noted: list[Fault] = []
        for index, each in enumerate(scenario.only or ()):
            if each not in known:
                Place("scenario", "", ("only", index), noted).unknown("definition", each, sorted(known))
        if noted:
            lines = [f"{scenario.locate(*fault.path)}: {fault_words(fault)}" for fault in noted]
            raise ConfigurationError("\n".join(lines))

    def compiled(self, bodies: Sequence[Mapping[str, Any]], clock: Clock, catalog: Catalog) -> Ruleset:
        """Definitions as they stand in a scenario. Raises ``DefinitionError``."""
        return self._compiled(definitions_of(bodies), clock, catalog)

    def _compiled(self, definitions: Sequence[Definition], clock: Clock, catalog: Catalog) -> Ruleset:
        return compile_ruleset(
            definitions,
            event_shapes(catalog),
            clock=clock,
            duplicate_window=self._ground.duplicate_window,
            templates=compile_template,
        )

    def _reading(self, catalog: Catalog) -> EventReader:
        return EventReader(catalog, max_ahead_ms=self._ground.max_ahead)
