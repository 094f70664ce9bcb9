"""The hint for a name that is not known."""

from schemas.names import hint

MANY = [f"event_{number}" for number in range(20)]


def test_the_nearest_name() -> None:
    """A slip of the pen is recognised."""
    assert hint("new_reviw", ["new_review", "purchase"]) == "did you mean new_review?"


def test_all_names_while_they_are_few() -> None:
    """Nothing near: the known names, if they can be listed."""
    assert hint("zzz", ["new_review", "purchase"]) == "one of new_review, purchase"
    assert hint("zzz", MANY) == ""
    assert hint("zzz", []) == ""


def test_a_name_without_end_is_not_compared() -> None:
    """A megabyte is no slip of the pen."""
    assert hint("event_1" * 200_000, MANY) == ""
