"""One record of ``distribution-triggers``, as far as a mailer needs it.

Decides what of the record is read, and nothing about what becomes of it. Records are expected in JSON, as Tidemark
writes them unless told otherwise.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple


class UnreadableError(Exception):
    """A record that is no trigger: whoever runs the mailer reads the wrong topic, or another encoding."""


class Trigger(NamedTuple):
    """One message to send."""

    id: str
    """The same after any replay."""
    distribution: str
    customer: Mapping[str, Any]
    channel: str
    template: str
    data: Mapping[str, Any]
    occurred_at: datetime
    expires_at: datetime | None
    """From this instant on it must not be sent."""

    def expired(self, now: datetime) -> bool:
        """Whether it is too late."""
        return self.expires_at is not None and now >= self.expires_at


def read_trigger(value: bytes) -> Trigger:
    """Read a record's value. Raises ``UnreadableError``."""
    try:
        record = json.loads(value)
        message = record["message"]
        expires = record.get("expires_at")
        data = message.get("data")
        return Trigger(
            str(record["id"]),
            str(record["distribution_id"]),
            dict(record["customer"]),
            str(message.get("channel")),
            str(message.get("template")),
            data if isinstance(data, dict) else {},
            _instant(record["occurred_at"]),
            None if expires is None else _instant(expires),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(
            f"expected a distribution trigger in JSON, got {value[:40]!r} ({error!r})"
        ) from error


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
