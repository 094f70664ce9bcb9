"""A ledger kept by hand: every card is a handful of pots of points, one for each time that points came.

Written for the laws, from the page and not from the code. A pot bears its date, or none. Who spends takes from the pots
with the nearest date first; who spends more than there is owes it, and what comes next goes to that debt first.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

DAY = 86_400_000
FOREVER = 10**15
LATE = 7 * DAY


class Rule(NamedTuple):
    """An earning rule: so many points for an event, how long they last and can be taken back."""

    name: str
    event: str
    points: int
    lasts: int | None
    reversible: int | None


class Told(NamedTuple):
    """One line of the account."""

    type: str
    card: str
    rule: str | None
    points: int
    balance: int
    at: int


@dataclass
class Pot:
    """Points that came together."""

    date: int
    points: int


@dataclass
class Earned:
    """What an event earned, until it is taken back."""

    event: str
    rule: Rule
    card: str
    date: int
    until: int


@dataclass
class Account:
    """All cards of one customer."""

    rules: list[Rule]
    pots: dict[str, list[Pot]] = field(default_factory=dict)
    debts: dict[str, int] = field(default_factory=dict)
    earned: list[Earned] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def balance(self, card: str) -> int:
        """What is on a card."""
        return sum(pot.points for pot in self.pots.get(card, [])) - self.debts.get(card, 0)

    def pass_time(self, now: int) -> None:
        """Every date up to now comes, one after the other."""
        dates = sorted({pot.date for pots in self.pots.values() for pot in pots if pot.points})
        for date in (date for date in dates if date <= now):
            for card in sorted(self.pots):
                gone = sum(pot.points for pot in self.pots[card] if pot.date == date)
                self.pots[card] = [pot for pot in self.pots[card] if pot.date != date]
                if gone:
                    self._tell("expired", card, None, -gone, date)

    def occur(self, event: str, name: str, card: str, at: int, now: int) -> None:
        """An event earns what its rules say, rules by name."""
        for rule in sorted(self.rules):
            date = FOREVER if rule.lasts is None else at + rule.lasts
            if rule.event == name and date > now:
                self._come(card, rule.points, date)
                self._tell("granted", card, rule.name, rule.points, at)
                if rule.reversible is not None:
                    self.earned.append(Earned(event, rule, card, date, at + rule.reversible))

    def adjust(self, card: str, points: int, at: int) -> None:
        """A card is corrected."""
        if points > 0:
            self._come(card, points, FOREVER)
        else:
            self._go(card, -points)
        if points:
            self._tell("adjusted", card, None, points, at)

    def reverse(self, event: str, asked_by: str, at: int, now: int) -> None:
        """What an event earned is taken back, card by card, if there is still anything to take."""
        found = [
            one
            for one in self.earned
            if one.event == event and at < one.until and now < one.until + LATE and one.date > now
        ]
        for one in sorted(found, key=lambda each: each.card):
            self.earned.remove(one)
            points = one.rule.points
            for pot in self.pots.get(one.card, []):
                if pot.date == one.date:
                    points -= self._out_of(pot, points)
            self._go(one.card, points)
            self._tell("reversed", one.card, one.rule.name, -one.rule.points, at)
        if not found:
            self.refused.append(asked_by)

    def _come(self, card: str, points: int, date: int) -> None:
        paid = min(points, self.debts.get(card, 0))
        self.debts[card] = self.debts.get(card, 0) - paid
        self.pots.setdefault(card, []).append(Pot(date, points - paid))

    def _go(self, card: str, points: int) -> None:
        for pot in sorted(self.pots.get(card, []), key=lambda each: each.date):
            points -= self._out_of(pot, points)
        self.debts[card] = self.debts.get(card, 0) + points

    def _out_of(self, pot: Pot, points: int) -> int:
        taken = min(pot.points, points)
        pot.points -= taken
        return taken

    def _tell(self, kind: str, card: str, rule: str | None, points: int, at: int) -> None:
        self.told.append(Told(kind, card, rule, points, self.balance(card), at))
