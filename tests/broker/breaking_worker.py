"""A worker whose heart breaks at some customers: ``python -m tests.broker.breaking_worker``.

It is the worker of ``tidemark worker`` in everything else.
"""

import sys
from unittest.mock import patch

from streams.agents import customers
from streams.domain.advance import Transition, advance
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred, Signal
from streams.domain.state import CustomerState
from topology.commands.worker import worker

BREAKING_WORKER = (sys.executable, "-m", "tests.broker.breaking_worker")
BREAKS = "breaks"
"""What the names of these customers begin with."""


def _breaking(state: CustomerState, signal: Signal, ruleset: Ruleset) -> Transition:
    if isinstance(signal, Occurred) and signal.event.customer_id.startswith(BREAKS):
        raise ZeroDivisionError("broken on purpose")
    return advance(state, signal, ruleset)


if __name__ == "__main__":
    with patch.object(customers, "advance", _breaking):
        worker.main(args=[], prog_name="tidemark worker")
