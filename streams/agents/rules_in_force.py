"""The ruleset that decides now, and the one that is to take over at the next batch boundary.

Keeps the reader of events and the ruleset together, since both come from the same definitions. Does not compile: what
is offered has compiled already, and what does not is refused where it is loaded.
"""

from typing import NamedTuple

from schemas.wire import EventReader
from streams.domain.ruleset import Ruleset


class InForce(NamedTuple):
    """Definitions that compiled, ready to decide."""

    ruleset: Ruleset
    reader: EventReader
    """Fills the heart's ``Event``."""
    applied_at: float
    """When the newest of them was applied, in seconds since 1970; 0 for none."""


class RulesInForce:
    """Holds the current rules; a new set takes over only when asked between batches."""

    def __init__(self, first: InForce) -> None:
        self.current = first
        self._next: InForce | None = None

    def offer(self, rules: InForce) -> None:
        """Let ``rules`` take over at the next boundary. May be called from another thread."""
        self._next = rules

    def take_over(self) -> bool:
        """Switch, if something was offered; whether it was."""
        following, self._next = self._next, None
        if following is None:
            return False
        self.current = following
        return True
