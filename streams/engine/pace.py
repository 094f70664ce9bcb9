"""How much one transaction takes up, and how often there is one.

A transaction that a broker cannot take in time is rolled back and done again, so one that is too large for a slow
broker would be done again for ever. Decides how many records it may hold: half as many when the last one was slow or
failed, twice as many, up to what is configured, when it was quick. Knows neither clock nor broker.
"""

_SLOW_SECONDS = 2.0
"""A commit that takes longer is too large: a fifth of what the broker allows by default."""
_QUICK_SECONDS = 0.5
_LEAST = 100
"""Records that any broker takes in time; fewer would only make more transactions."""


class Pace:
    """The pace of one worker. Not for two threads at once."""

    def __init__(self, interval_seconds: float, records: int) -> None:
        self.interval_seconds = interval_seconds
        """How old a unit of work becomes, at least, before it is committed."""
        self.records = records
        """How many input records it holds, about, before it is committed at once."""
        self._configured = records

    def took(self, records: int, seconds: float) -> None:
        """A unit of so many records was committed in so many seconds."""
        if seconds > _SLOW_SECONDS:
            self.failed(records)
        elif seconds < _QUICK_SECONDS:
            self.records = min(self._configured, self.records * 2)

    def failed(self, records: int) -> None:
        """A unit of so many records was not committed."""
        floor = min(_LEAST, self._configured)
        self.records = max(floor, min(records, self.records) // 2)
