"""Triggers as Tidemark writes them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any


def trigger(id_: str, *, email: str | None = "ann@example.org", **differing: Any) -> bytes:
    """The value of a record that asks for the letter ``thanks``; it expires in an hour."""
    now = datetime.now(UTC)
    record = {
        "id": id_,
        "sequence": 1,
        "distribution_id": "thank-reviewer",
        "distribution_version": 1,
        "customer_id": "ann",
        "customer": {"source_id": "ann"} | ({} if email is None else {"email": email}),
        "trigger": "event",
        "cause": "event",
        "event": {"id": "e", "name": "new_review", "metadata": {}},
        "segment": None,
        "message": {"channel": "email", "template": "thanks", "data": {"score": 5, "name": "Ann"}},
        "occurred_at": now.isoformat().replace("+00:00", "Z"),
        "emitted_at": now.isoformat().replace("+00:00", "Z"),
        "expires_at": (now + timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
    }
    return json.dumps(record | differing).encode()
