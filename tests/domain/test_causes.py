"""What ``on`` of a definition's limits may say."""

from typing import Any

import pytest

from streams.domain.definitions import Kind
from tests.domain.writing import definition, faults_of

BODIES: dict[Kind, dict[str, Any]] = {
    "distribution": {"trigger": {"event": "visit"}, "message": {"channel": "email"}},
    "earning_rule": {
        "campaign": "club",
        "trigger": {"event": "visit"},
        "points": {"type": "fixed", "value": 1},
    },
}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (["event", "time", "profile", "definition", "backfill", "deletion"], []),
        (["backfil"], [("limits", "on", "0")]),
        ([], [("limits", "on")]),
        ("event", [("limits", "on")]),
    ],
)
def test_causes_are_checked(kind: Kind, on: object, expected: list[tuple[str, ...]]) -> None:
    """Every cause by its name, and at least one; what is wrong is told at its place."""
    faults = faults_of(definition(kind, "d", BODIES[kind] | {"limits": {"on": on}}))
    assert [tuple(map(str, fault.path)) for fault in faults] == expected
