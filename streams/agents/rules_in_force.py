"""The ruleset that decides now, and the one that is to take over at the next batch boundary.

Keeps the reader of events and the ruleset together, since both come from the same definitions, and remembers what the
last change of segments was. Does not compile: what is offered has compiled already, and what does not is refused where
it is loaded.
"""

from typing import NamedTuple

from schemas.wire import EventReader
from streams.domain.redefinition import Redefinition, redefinition
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
        self._before = first.ruleset.fingerprint, first.ruleset.digests
        """Fingerprint and digests of the segments before the last change of any."""
        self._changes = self._compared()

    def offer(self, rules: InForce) -> None:
        """Let ``rules`` take over at the next boundary. May be called from another thread."""
        self._next = rules

    def take_over(self) -> bool:
        """Switch, if something was offered; whether it was."""
        following, self._next = self._next, None
        if following is None:
            return False
        past, self.current = self.current.ruleset, following
        if past.fingerprint != following.ruleset.fingerprint:
            self._before = past.fingerprint, past.digests
        self._changes = self._compared()
        return True

    def change(self, since: str) -> Redefinition:
        """What is to be decided for who was decided under the fingerprint ``since``: all, if that was long ago."""
        return self._changes.get(since) or self._changes[""]

    def _compared(self) -> dict[str, Redefinition]:
        fingerprint, digests = self._before
        ruleset = self.current.ruleset
        return {fingerprint: redefinition(digests, ruleset), "": redefinition(None, ruleset)}
