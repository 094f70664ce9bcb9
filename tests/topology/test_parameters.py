"""Values on the command line."""

import click
import pytest

from topology.parameters import INSTANT


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1998-07-01", 899_251_200_000),
        ("1998-07-01T00:00:00Z", 899_251_200_000),
        ("1998-07-01T02:00:00+02:00", 899_251_200_000),
    ],
)
def test_an_instant_is_a_date_or_a_time(text: str, instant: int) -> None:
    """A date is its midnight in UTC."""
    assert INSTANT.convert(text, None, None) == instant


@pytest.mark.parametrize("text", ["tomorrow", "1998-13-01", "", "1998-07-01T25:00:00Z"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    """The message shows what an instant looks like."""
    with pytest.raises(click.BadParameter, match="expected an instant such as 1998-07-01T00:00:00Z"):
        INSTANT.convert(text, None, None)
