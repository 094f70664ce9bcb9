"""The books of the demo: what the output records add up to.

Decides what is counted and how; knows nothing of Kafka or of screens. Records may come in any order across customers,
so what is told over time rests on ``occurred_at`` alone.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from typing import Any, NamedTuple

Record = Mapping[str, Any]
"""An output record in its JSON form."""

CHANGES = "segment-changes"
TRIGGERS = "distribution-triggers"
POINTS = "point-events"
OUTPUTS = (CHANGES, TRIGGERS, POINTS)
"""The topics that are kept books of, by their unprefixed names."""

RECENT = 6
"""How many of the latest records of each topic are remembered to be shown."""


class Turn(NamedTuple):
    """A way of entering or leaving a segment."""

    segment: str
    change: str
    cause: str


class Message(NamedTuple):
    """A way in which a distribution was triggered."""

    distribution: str
    trigger: str
    cause: str


class Tally:
    """Everything the demo tells of the records it has seen."""

    def __init__(self) -> None:
        self.turns: Counter[Turn] = Counter()
        self.messages: Counter[Message] = Counter()
        self.grants: Counter[str] = Counter()
        """Number of grants by earning rule."""
        self.points: Counter[str] = Counter()
        """Points granted by earning rule."""
        self.balances: dict[tuple[str, str], int] = {}
        """Points by card: campaign and customer."""
        self.recent: dict[str, deque[Record]] = {topic: deque(maxlen=RECENT) for topic in OUTPUTS}
        self._net: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def take(self, topic: str, record: Record) -> None:
        """Enter one record of ``topic``, one of ``OUTPUTS``."""
        self.recent[topic].append(record)
        if topic == CHANGES:
            self._changed(record)
        elif topic == TRIGGERS:
            self.messages[Message(record["distribution_id"], record["trigger"], record["cause"])] += 1
        else:
            self._granted(record)

    def members(self, segment: str) -> int:
        """How many customers are in the segment now."""
        return self._net[segment].total()

    def members_at_month_ends(self, segment: str, months: list[str]) -> list[int]:
        """Members at the end of each of the consecutive ``months`` (``1997-01``), the last one open-ended."""
        held, story = 0, []
        net = self._net[segment]
        for month in months:
            held += net[month]
            story.append(held)
        if story:
            story[-1] = net.total()
        return story

    def seen(self) -> dict[str, int]:
        """Number of records by topic."""
        counts = (self.turns.total(), self.messages.total(), self.grants.total())
        return dict(zip(OUTPUTS, counts, strict=True))

    def _changed(self, record: Record) -> None:
        segment, change = record["segment_id"], record["change"]
        self.turns[Turn(segment, change, record["cause"])] += 1
        self._net[segment][record["occurred_at"][:7]] += 1 if change == "entered" else -1

    def _granted(self, record: Record) -> None:
        rule, points = record["earning_rule_id"], record["points"]
        self.grants[rule] += 1
        self.points[rule] += points
        self.balances[record["campaign_id"], record["customer_id"]] = record["balance"]
