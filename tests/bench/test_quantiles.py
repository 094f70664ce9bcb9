import pytest

from tests.bench.quantiles import quantile, quantiles, slope


def test_quantiles_are_samples_that_were_seen() -> None:
    """Of the numbers 1 to 1,000 in any order, half are at most 500, and 99.9 % at most 999."""
    samples = [float(number) for number in range(1_000, 0, -1)]
    assert quantiles(samples) == (1_000, 500, 900, 990, 999, 1_000)


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 10), (0.25, 10), (0.26, 20), (0.5, 20), (0.75, 30), (1.0, 40)]
)
def test_a_quantile_is_the_smallest_that_so_many_do_not_exceed(share: float, value: float) -> None:
    """By the nearest rank, worked by hand."""
    assert quantile([10, 20, 30, 40], share) == value


def test_one_sample_is_all_its_quantiles() -> None:
    """There is nothing else to say."""
    assert quantiles([7.0]) == (1, 7, 7, 7, 7, 7)


def test_no_samples_make_no_quantiles() -> None:
    """The count tells that the zeros mean nothing."""
    assert quantiles([]).samples == 0


def test_the_slope_is_that_of_the_least_squares_line() -> None:
    """A line's own slope; and for points around a line, the textbook's: (1,2), (2,2), (3,5) rise by 1.5."""
    assert slope([(0, 5), (1, 7), (4, 13)]) == pytest.approx(2)
    assert slope([(1, 2), (2, 2), (3, 5)]) == pytest.approx(1.5)
    assert slope([(0, 4), (1, 4), (2, 4)]) == 0


def test_too_few_points_have_no_slope() -> None:
    """Nothing can be said of one moment, or of none."""
    assert slope([]) == slope([(3, 9)]) == slope([(3, 9), (3, 10)]) == 0
