"""Figures derived for the screen."""

import pytest

from deploy.demo.view import months_between, quantile


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 5), (0.51, 6), (0.99, 10), (1.0, 10)])
def test_a_quantile_is_the_least_value_that_the_share_does_not_exceed(share: float, expected: int) -> None:
    """Of the numbers 1 to 10 in any order."""
    assert quantile([3, 1, 2, 10, 9, 8, 4, 5, 6, 7], share) == expected


def test_nothing_has_no_quantile() -> None:
    """It is an error to ask."""
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


def test_months_run_over_the_turn_of_the_year() -> None:
    """Both ends are included, whatever the day."""
    assert months_between("1997-11-30", "1998-02-01") == ["1997-11", "1997-12", "1998-01", "1998-02"]
    assert months_between("1997-03-01", "1997-03-31") == ["1997-03"]
