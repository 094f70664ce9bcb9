"""Compiled validation rules: whether one holds, which of its numbered rules fail, when time may change the answer.

Decides which rules are told to who fails, and with which words. Does not know how a rule is written.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from streams.domain.facts import Facts, Predicate
from streams.domain.instants import Instant
from streams.domain.logic import Joined
from streams.domain.repairs import repair


class Statement(Protocol):
    """What one rule says of the customer, the event or the clock."""

    def predicate(self) -> Predicate:
        """The compiled statement."""

    def value(self, facts: Facts, /) -> object:
        """What it sees; none where nothing is."""

    def next_change(self, facts: Facts, /) -> Instant | None:
        """The first instant after now at which time alone may change the answer; none if it never does."""


class Failure(NamedTuple):
    """A numbered rule that would have to answer otherwise."""

    rule: str
    """Its number; of a rule inside rule 2, such as ``2.1``."""
    name: str
    """What it looks at, such as ``customer.metadata``."""
    message: str | None
    """What it says to who fails it: its own words, else those of the rule around it, else those of the whole."""


class Rule(NamedTuple):
    """One numbered rule."""

    number: str
    name: str
    holds: Predicate
    """The rule and all rules inside it."""
    message: str | None
    """What to tell who fails it."""
    own: Predicate
    """The rule without those inside it."""
    statements: tuple[Statement, ...]
    inner: "ValidationRule | None"
    """The rules inside it."""

    def failures(self, facts: Facts, prefix: str, fallback: str | None) -> Iterator[Failure]:
        """What must change for the rule to answer otherwise than it does."""
        number, message = prefix + self.number, self.message or fallback
        if self.holds(facts) or not self.own(facts):
            yield Failure(number, self.name, message)
        if self.inner is not None and not self.holds(facts):
            yield from self.inner.failed(facts, f"{number}.", message)

    def value(self, facts: Facts) -> object:
        """What it sees, those inside it apart; none where nothing is."""
        return self.statements[0].value(facts)

    def next_change(self, facts: Facts) -> Instant | None:
        """The first instant after now at which time alone may change the answer."""
        changes = [statement.next_change(facts) for statement in self.statements]
        if self.inner is not None:
            changes.append(self.inner.next_change(facts))
        return min((change for change in changes if change is not None), default=None)


class ValidationRule(NamedTuple):
    """A compiled validation rule."""

    holds: Predicate
    rules: tuple[Rule, ...]
    message: str | None
    """What to tell who fails a rule that has no words of its own."""
    logic: Joined

    def failures(self, facts: Facts) -> tuple[Failure, ...]:
        """The rules that would have to answer otherwise for it to hold, no more than needed; none if it holds."""
        return tuple(self.failed(facts, "", None))

    def rule(self, number: str) -> Rule | None:
        """The rule of a number that it asks; of one inside rule 2, such as ``2.1``."""
        first, _, further = number.partition(".")
        found = next((rule for rule in self.rules if rule.number == first), None)
        if found is None or not further:
            return found
        return None if found.inner is None else found.inner.rule(further)

    def failed(self, facts: Facts, prefix: str, fallback: str | None) -> Iterator[Failure]:
        """The same, with what stands before each number and what is said where nothing is."""
        wrong = repair(self.logic, {rule.number: rule.holds(facts) for rule in self.rules})
        for rule in self.rules:
            if rule.number in wrong:
                yield from rule.failures(facts, prefix, self.message or fallback)

    def next_change(self, facts: Facts) -> Instant | None:
        """The first instant after now at which time alone may change the answer, if the segments stay as they are.

        None if time alone never does.
        """
        changes = (rule.next_change(facts) for rule in self.rules)
        return min((change for change in changes if change is not None), default=None)
