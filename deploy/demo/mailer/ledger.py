"""The ledger: which ids have been dealt with, in a SQLite file.

Decides what survives the process: each entry is on the disk before the call returns. Several mailers on one machine
may share the file; it must not lie on a network drive. What became of a letter is decided elsewhere.
"""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

State = Literal["handing_over", "sent", "set_aside", "expired"]
"""``handing_over`` is in doubt: the server may have the letter, or may not."""

_TABLE = """
CREATE TABLE IF NOT EXISTS letters (
    id         TEXT PRIMARY KEY,
    state      TEXT NOT NULL,
    reason     TEXT,    -- why it was set aside
    record     BLOB,    -- what was set aside, as it came from the topic
    at         TEXT NOT NULL,
    keep_until TEXT     -- an id that has expired is not sent anyway, so it need not be remembered
) WITHOUT ROWID
"""
_ENTER = """
INSERT INTO letters (id, state, at, keep_until) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, at = excluded.at, keep_until = excluded.keep_until,
    record = CASE excluded.state WHEN 'handing_over' THEN record END
"""
_MARGIN = timedelta(days=1)
"""Clocks of several machines differ by less."""


class Ledger:
    """The open file."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(file, timeout=30, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(
            "PRAGMA synchronous = FULL"
        )  # in WAL mode anything less may lose the last entry
        self._connection.execute(_TABLE)
        self._connection.execute("CREATE INDEX IF NOT EXISTS by_keep_until ON letters (keep_until)")

    def state(self, id_: str) -> State | None:
        """What is known of an id; ``None`` if nothing is."""
        found = self._connection.execute("SELECT state FROM letters WHERE id = ?", (id_,)).fetchone()
        return None if found is None else found[0]

    def enter(self, id_: str, state: State, now: datetime, expires_at: datetime | None) -> None:
        """Enter an id, or what has become of it."""
        keep_until = None if expires_at is None else _written(expires_at + _MARGIN)
        self._connection.execute(_ENTER, (id_, state, _written(now), keep_until))

    def set_aside(self, id_: str, reason: str, record: bytes, now: datetime) -> None:
        """Keep a record that makes no letter or that the server refuses, for somebody to look at."""
        self._connection.execute(
            "INSERT OR REPLACE INTO letters (id, state, reason, record, at) VALUES (?, 'set_aside', ?, ?, ?)",
            (id_, reason, record, _written(now)),
        )

    def withdraw(self, id_: str) -> None:
        """The letter was not handed over after all; what had been set aside still is."""
        self._connection.execute("DELETE FROM letters WHERE id = ? AND record IS NULL", (id_,))
        self._connection.execute("UPDATE letters SET state = 'set_aside' WHERE id = ?", (id_,))

    def aside(self) -> list[bytes]:
        """The records that have been set aside, the oldest first."""
        rows = self._connection.execute("SELECT record FROM letters WHERE record IS NOT NULL ORDER BY at, id")
        return [row[0] for row in rows]

    def prune(self, now: datetime) -> int:
        """Forget what has expired, and say how many that were."""
        return self._connection.execute("DELETE FROM letters WHERE keep_until < ?", (_written(now),)).rowcount

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _written(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds")
