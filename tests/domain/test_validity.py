"""When a definition is in force."""

import pytest

from streams.domain.faults import Place
from streams.domain.instants import DAY, Instant
from streams.domain.validity import Validity, validity_at

BODY = {"start": "1970-01-02T00:00:00Z", "end": "1970-01-04T00:00:00Z"}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (DAY - 1, "not_started"),
        (DAY, None),
        (3 * DAY - 1, None),
        (3 * DAY, "ended"),
    ],
)
def test_from_the_start_on_and_before_the_end(at: int, expected: str | None) -> None:
    """The start belongs to it, the end does not."""
    noted: list[object] = []
    validity = validity_at(Place("distribution", "d", (), noted), BODY)  # type: ignore[arg-type]
    assert noted == []
    assert validity == Validity(Instant(DAY), Instant(3 * DAY))
    assert validity.refusal(Instant(at)) == expected


def test_what_is_missing_does_not_bound() -> None:
    """Without start it was always in force, without end it will always be."""
    assert Validity().refusal(Instant(-(10**15))) is None
    assert Validity(start=Instant(5)).refusal(Instant(10**15)) is None
    assert Validity(end=Instant(5)).refusal(Instant(-(10**15))) is None
