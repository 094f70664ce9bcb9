"""Questions that are put to all customers of a partition: who matches a filter, and whom new definitions would move.

Decides what is counted, and what is told of each customer. A question comes from another process, so it carries what it
takes to compile it. It does not know where customers come from.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from streams.domain.columns import CUSTOMER_ID, Column, column_at
from streams.domain.decisions import redecide
from streams.domain.definitions import Definition, DefinitionError, EventShape, Fault
from streams.domain.facts import Facts, Predicate, everyone
from streams.domain.faults import Place
from streams.domain.filters import Vocabulary, compile_filter
from streams.domain.identities import EventName, SegmentId
from streams.domain.lists import memberships_of
from streams.domain.ruleset import Ruleset, compile_ruleset


class Inquiry(Protocol):
    """A question while customers are gone through, one after the other."""

    def look(self, facts: Facts) -> None:
        """Take one customer into account."""

    def listed(self) -> Sequence[Mapping[str, object]]:
        """What is told of single customers, since it was last asked for."""

    def result(self) -> Mapping[str, object]:
        """What was counted so far."""


class Find(msgspec.Struct, tag="find", frozen=True, kw_only=True):
    """Who matches a filter?"""

    filter: Any = None
    """Its JSON form; without one everybody matches."""
    columns: tuple[str, ...] = ()
    """What is told of each customer beside the id."""
    limit: int | None = 0
    """How many customers of a partition are told; all of them without one. All are counted anyway."""

    def begin(self, vocabulary: Vocabulary) -> Inquiry:
        """Compile the filter. Raises ``DefinitionError`` with every fault."""
        noted: list[Fault] = []
        holds: Predicate = everyone
        if self.filter is not None:
            compiled = compile_filter(Place("find", "filter", (), noted), self.filter, vocabulary)
            holds = compiled.holds if compiled else everyone
        columns = [
            column_at(Place("find", "columns", (name,), noted), name, vocabulary.events)
            for name in self.columns
        ]
        if noted:
            raise DefinitionError(noted)
        return _Finding(holds, tuple(filter(None, columns)), self.limit)


class Preview(msgspec.Struct, tag="preview", frozen=True, kw_only=True):
    """Whom would these definitions move, if they took over now?"""

    definitions: tuple[Definition, ...]
    """All segments that there would be."""
    events: Mapping[EventName, EventShape]
    """All events that there would be."""

    def begin(self, _vocabulary: Vocabulary) -> Inquiry:
        """Compile the definitions. Raises ``DefinitionError`` with every fault."""
        return _Previewing(compile_ruleset(self.definitions, self.events))


Question = Find | Preview


class _Finding:
    def __init__(self, holds: Predicate, columns: tuple[Column, ...], limit: int | None) -> None:
        self._holds = holds
        self._columns = columns
        self._left = 1 << 62 if limit is None else limit
        self._matched = 0
        self._listed: list[Mapping[str, object]] = []

    def look(self, facts: Facts) -> None:
        if self._holds(facts):
            self._matched += 1
            if self._left > 0:
                self._left -= 1
                told = {name: value(facts) for name, value in self._columns}
                self._listed.append({CUSTOMER_ID: facts.customer_id, **told})

    def listed(self) -> Sequence[Mapping[str, object]]:
        listed, self._listed = self._listed, []
        return listed

    def result(self) -> Mapping[str, object]:
        return {"matched": self._matched}


class _Previewing:
    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._before: Counter[SegmentId] = Counter()
        self._after: Counter[SegmentId] = Counter()
        self._moves: Counter[tuple[SegmentId, str]] = Counter()

    def look(self, facts: Facts) -> None:
        segments = self._ruleset.segments
        decided, moves = redecide(segments.values(), facts, segments, self._ruleset.backfilled)
        self._before.update(memberships_of(facts.segments).keys())
        self._after.update(memberships_of(decided.segments).keys())
        for move in moves:
            self._moves[move.segment_id, move.change] += 1

    def listed(self) -> Sequence[Mapping[str, object]]:
        return ()

    def result(self) -> Mapping[str, object]:
        names = {*self._ruleset.segments, *self._before}
        return {
            "segments": {
                name: {
                    "before": self._before[name],
                    "after": self._after[name],
                    "entered": self._moves[name, "entered"],
                    "left": self._moves[name, "left"],
                }
                for name in sorted(names)
            }
        }
