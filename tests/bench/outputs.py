"""What an installation has put out once everything is committed: how much, caused by how many events.

Decides what is counted; what it should be is told by ``traffic.expected``.
"""

import json
from typing import NamedTuple

from tests.bench.findings import Check
from tests.bench.ruleset import POINTS_RULE
from tests.bench.traffic import Expected
from tests.broker.installation import Installation

TOPICS = ("segment-changes", "distribution-triggers", "distribution-suppressions", "point-events")


class Outputs(NamedTuple):
    """Committed outputs in numbers."""

    records: int
    """On the topics of decisions."""
    events: int
    """Different events that caused at least one of them."""
    points: int
    """Records of the points rule."""
    often: int
    """Entries into segments ``-often``."""

    def checks(self, right: Expected) -> list[Check]:
        """The counts that must be right."""
        return [
            Check("big orders that granted points", right.points, self.points),
            Check("customers that entered a segment over counts", right.often, self.often),
        ]


def outputs_of(installation: Installation) -> Outputs:
    """Read and count all committed outputs."""
    records = points = often = 0
    events = set()
    for topic in TOPICS:
        for delivered in installation.read(topic):
            record = json.loads(delivered.value or b"{}")
            records += 1
            events.add(record.get("event_id") or (record.get("event") or {}).get("id"))
            points += record.get("earning_rule_id") == POINTS_RULE
            often += record.get("change") == "entered" and record["segment_id"].endswith("-often")
    return Outputs(records, len(events - {None}), points, often)


def points_in(installation: Installation) -> int:
    """Records of the points rule alone, where there are too many others to read."""
    mark = f'"{POINTS_RULE}"'.encode()
    return sum(mark in (delivered.value or b"") for delivered in installation.read("point-events"))


def all_right(checks: list[Check]) -> list[Check]:
    """One check for each name over several runs: the first that is wrong, or else the first."""
    names = dict.fromkeys(check.what for check in checks)
    return [
        min((check for check in checks if check.what == name), key=lambda check: check.right)
        for name in names
    ]
