"""Whether the stream said what a backtest of the same events says, record for record.

Decides what counts as the same: every field but ``emitted_at``, the one that a replay may change. A record that comes
twice, or that nobody expected, is a difference as much as one that is missing.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from deploy.demo.tally import OUTPUTS, Record

Key = tuple[str, str]
"""Topic and record id."""

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(order="deterministic").encode


class Difference(NamedTuple):
    """Something in which stream and backtest do not agree."""

    kind: str
    """``missing`` in the stream, ``surplus`` in it, or ``different``."""
    topic: str
    id: str


class Comparison:
    """The records that a backtest expects, struck out as the stream brings them."""

    def __init__(self, expected: Mapping[Key, int]) -> None:
        self._expected = dict(expected)
        self.total = len(self._expected)
        self.mistakes: list[Difference] = []

    def take(self, topic: str, record: Record) -> None:
        """Strike out one record of the stream."""
        key = (topic, record["id"])
        expected = self._expected.pop(key, None)
        if expected is None:
            self.mistakes.append(Difference("surplus", *key))
        elif expected != digest(record):
            self.mistakes.append(Difference("different", *key))

    @property
    def outstanding(self) -> int:
        """How many expected records the stream has not brought yet."""
        return len(self._expected)

    def differences(self) -> Iterator[Difference]:
        """All differences, as of now."""
        yield from self.mistakes
        for key in self._expected:
            yield Difference("missing", *key)


def digest(record: Record) -> int:
    """A number that is the same for records that differ in ``emitted_at`` at most; good within this process."""
    return hash(_encode({name: value for name, value in record.items() if name != "emitted_at"}))


def read_expected(directory: Path) -> dict[Key, int]:
    """The records that ``tidemark backtest`` wrote into ``directory``. Raises ``FileNotFoundError``."""
    expected: dict[Key, int] = {}
    for topic in OUTPUTS:
        with (directory / f"{topic}.ndjson").open("rb") as lines:
            for line in lines:
                record: dict[str, Any] = _decode(line)
                expected[topic, record["id"]] = digest(record)
    return expected
