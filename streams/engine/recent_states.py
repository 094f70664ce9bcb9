"""How many recently used states the partitions of a worker may keep in memory, all of them together.

Decides a bound in number and, by the mean size of what is written, in bytes, and shares it out evenly. It does not know
which states are kept.
"""

from typing import Final

_MOST: Final = 40_000
_MOST_BYTES: Final = 8 * 1024 * 1024
"""Of their records; as values in memory they take five to eight times that."""


class RecentStates:
    """The bound, shared by the partitions in service. Any thread may weigh."""

    def __init__(self, most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self.partitions = 1
        """Among how many the bound is shared."""
        self._most = most
        self._most_bytes = most_bytes
        self._mean_bytes = 1.0

    def weigh(self, records: int, size: int) -> None:
        """So many records of so many bytes in all were written: what is kept weighs about the same."""
        if records:
            self._mean_bytes = max(1.0, size / records)

    @property
    def share(self) -> int:
        """How many states one partition may keep."""
        most = min(self._most, int(self._most_bytes / self._mean_bytes))
        return most // max(1, self.partitions)
