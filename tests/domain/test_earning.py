from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.earning import MOST_POINTS, proportional_points


@pytest.mark.parametrize(
    ("value", "every", "points", "expected"),
    [
        (7, "2", 1, 3),
        (7, "5", 1, 1),
        (4.99, "5", 1, 0),
        (0.3, "0.1", 1, 3),
        (1.1, "0.1", 1, 11),
        (29.99, "0.01", 2, 5998),
        (0, "1", 1, 0),
        (-7, "2", 1, 0),
        (-0.5, "1", 1, 0),
        (True, "1", 1, 0),
        ("7", "1", 1, 0),
        (None, "1", 1, 0),
        ([7], "1", 1, 0),
        (float("nan"), "1", 1, 0),
        (float("inf"), "1", 1, 0),
        (10**400, "1", 1, 0),
        (1e300, "1", 1, MOST_POINTS),
    ],
)
def test_points_in_proportion(value: object, every: str, points: int, expected: int) -> None:
    """Whole steps count, by the number as it is written; what is no number, or below 0, is worth nothing."""
    assert proportional_points(value, Decimal(every), points) == expected


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**9), st.integers(1, 10**5), st.integers(0, 4), st.integers(1, 100))
def test_exact_arithmetic(amount: int, every: int, places: int, points: int) -> None:
    """With any number of decimal places, the result is that of fractions, not of binary floating point."""
    value = float(f"{amount}e-{places}")
    step = Decimal(every).scaleb(-2)
    exact = Fraction(repr(value)) // (Fraction(every) / 100) * points
    assert proportional_points(value, step, points) == min(exact, MOST_POINTS)
