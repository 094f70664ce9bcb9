"""From published definitions to what a worker runs: a ruleset, and the events it understands.

Knows neither topic nor file. What does not compile is the operator's to mend, so it says so.
"""

from schemas.catalog import Catalog
from schemas.errors import SchemaError
from streams.domain.definitions import DefinitionError
from streams.domain.instants import DAY, Milliseconds
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.engine.errors import ConfigurationError
from topology.definitions.event_shapes import event_shapes
from topology.definitions.faults import fault_line
from topology.definitions.published import LiveDefinitions
from topology.settings import Clock
from topology.templates.compiling import compile_template


def compile_live(
    live: LiveDefinitions,
    base: Catalog,
    *,
    clock: Clock = "wall",
    duplicate_window: Milliseconds = DAY,
) -> tuple[Ruleset, Catalog]:
    """Compile what is published, with the events of ``base`` and those that were applied.

    Raises ``ConfigurationError`` with a line for every fault; whoever has a ruleset that works keeps it then.
    """
    try:
        catalog = base.with_documents(live.events).with_earlier(live.earlier_events)
        ruleset = compile_ruleset(
            live.definitions,
            event_shapes(catalog),
            clock=clock,
            duplicate_window=duplicate_window,
            templates=compile_template,
        )
    except SchemaError as error:
        raise ConfigurationError(f"{error}\n{_ADVICE}") from error
    except DefinitionError as error:
        lines = "\n".join(fault_line(fault) for fault in error.faults)
        raise ConfigurationError(f"{lines}\n{_ADVICE}") from error
    return ruleset, catalog


_ADVICE = "The live definitions do not compile; mend them in their directory and run `tidemark apply DIR`"
