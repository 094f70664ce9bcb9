"""A trial as one JSON document, for programs.

Decides names. Records stand as on their topics, the customer as a worker gives it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from schemas.rejections import Rejected
from streams.domain.faults import ABSENT
from streams.domain.instants import Instant, format_instant
from streams.gateway.customer_document import customer_document
from topology.trying.outside import Outside
from topology.trying.reasons import Silent
from topology.trying.told import Told
from topology.trying.trial import Trial


def trial_json(trial: Trial) -> str:
    """The document."""
    event = trial.event
    document = {
        "event": {**event._asdict(), "occurred_at": format_instant(event.occurred_at)},
        "now": format_instant(trial.now),
        "before": customer_document(trial.before),
        "until_then": _records(trial.until_then),
        "duplicate": trial.duplicate,
        "happens": _records(trial.happens),
        "does_not_happen": [_silent(each) for each in trial.silent],
        "not_entered": [_outside(each) for each in trial.outside],
        "after": customer_document(trial.after),
        "then": [{"at": format_instant(each.at), "happens": _records(each.told)} for each in trial.later],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def rejection_json(rejection: Rejected) -> str:
    """The document of an event that would be rejected."""
    document = {"rejected": rejection.reason, "faults": [fault._asdict() for fault in rejection.faults]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _records(told: Sequence[Told]) -> list[dict[str, Any]]:
    return [{"topic": topic, "record": record} for topic, record in told]


def _silent(silent: Silent) -> dict[str, Any]:
    failed = [
        {**rule._asdict(), "found": None if rule.found is ABSENT else rule.found} for rule in silent.failed
    ]
    return {
        "kind": silent.kind,
        "id": silent.id,
        "trigger": {silent.trigger.kind: silent.trigger.target},
        "reason": silent.reason,
        "until": _written(silent.until),
        "detail": silent.detail,
        "failed": failed,
    }


def _outside(outside: Outside) -> dict[str, Any]:
    wanting = [
        {"condition": condition.text, "wanted": wanted, "found": condition.value}
        for condition, wanted in outside.wanting
    ]
    return {"segment_id": outside.id, "wanting": wanting}


def _written(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)
