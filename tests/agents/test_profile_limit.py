"""A profile has an end: the event that goes beyond it is the sender's mistake."""

from streams.agents.profile_limit import MOST_BYTES, outgrown
from streams.domain.events import JsonValue


def fields(**profile: JsonValue) -> dict[str, JsonValue]:
    """Profile fields that somebody sends."""
    return profile


def test_an_ordinary_profile_grows() -> None:
    """Fields that fit are no reason to reject."""
    assert outgrown({"email": "a@b.c"}, fields(name="A")) is None


def test_the_limit_itself_is_allowed() -> None:
    """A profile of exactly so many bytes in JSON is taken, one more is not."""
    text = "x" * (MOST_BYTES - len('{"name":""}'))
    assert outgrown({}, fields(name=text)) is None
    assert outgrown({}, fields(name=text + "x")) is not None


def test_what_replaces_does_not_add() -> None:
    """A large field in place of a large field leaves the size as it was."""
    large: JsonValue = "x" * 900_000
    assert outgrown({"description": large}, fields(description="y" * 900_000)) is None
    assert outgrown({"description": large, "name": "n"}, fields(description=None)) is None


def test_the_rejection_tells_the_sender() -> None:
    """It names place, limit and size."""
    refusal = outgrown({"metadata": {"a": "x" * 600_000}}, fields(metadata={"b": "x" * 600_000}))
    assert refusal is not None
    assert (refusal.reason, refusal.path, refusal.found) == ("too_large", "customer", "one of 1200028 bytes")
