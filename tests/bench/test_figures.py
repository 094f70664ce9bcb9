import pytest

from tests.bench.figures import Ratio, Sample, Spread, Window, ratio, spread, steady_window


def samples(*rows: tuple[float, int, float]) -> list[Sample]:
    """Samples from rows of time, committed records and CPU seconds."""
    return [Sample(*row) for row in rows]


def test_the_window_opens_at_the_first_commit() -> None:
    """Start-up, before anything is committed, costs a contestant neither time nor CPU."""
    window = steady_window(samples((0, 0, 0), (9, 0, 3), (10, 100, 4), (11, 300, 5), (12, 500, 7)), 1_000)
    assert window == Window(2, 400, 3)
    assert window.events_per_second == 200
    assert window.cpu_seconds_per_million == 7_500


def test_the_window_closes_before_the_last_commit() -> None:
    """The commit that empties the backlog waits idle for its interval, and is left out."""
    window = steady_window(samples((0, 100, 0), (1, 300, 1), (2, 500, 2), (7, 600, 2.1)), 600)
    assert window == Window(2, 400, 2)


def test_a_run_of_few_commits_is_taken_to_its_end() -> None:
    """With fewer than three commits before the last there is no steady part to choose."""
    window = steady_window(samples((0, 100, 0), (5, 400, 1), (10, 600, 2)), 600)
    assert window == Window(10, 500, 2)


def test_a_run_of_one_commit_measures_nothing() -> None:
    """One commit has no length, so there is no rate to tell."""
    window = steady_window(samples((0, 0, 0), (3, 600, 2)), 600)
    assert (window.events_per_second, window.cpu_seconds_per_million) == (0, 0)


def test_the_window_opens_after_the_warm_up() -> None:
    """What a program commits while it is still being compiled costs it neither time nor CPU."""
    rows = samples((0, 100, 0), (8, 190, 9), (9, 210, 10), (10, 300, 11), (11, 400, 12), (12, 500, 13))
    assert steady_window(rows, 500, warm_up=200) == Window(2, 190, 2)


def test_a_warm_up_that_is_never_over_measures_nothing() -> None:
    """A run that ends before its clock starts has no rate."""
    assert steady_window(samples((0, 100, 0), (1, 200, 1), (2, 300, 2)), 1_000, warm_up=500) == Window(
        0, 0, 0
    )


def test_samples_without_a_new_commit_do_not_stretch_the_window() -> None:
    """A coordinator that cannot tell for a moment is no progress and no loss."""
    window = steady_window(
        samples((0, 100, 0), (1, 0, 1), (2, 300, 2), (3, 300, 3), (4, 400, 4), (9, 400, 9)), 1_000
    )
    assert window == Window(4, 300, 4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([5.0], (5, 5, 5)), ([3.0, 1.0, 8.0], (3, 1, 8)), ([4.0, 1.0, 2.0, 9.0], (3, 1, 9))],
)
def test_a_spread_is_median_and_range(values: list[float], expected: tuple[float, float, float]) -> None:
    """The middle value, or the mean of the two middle ones, with the least and the most."""
    assert spread(values) == expected


def test_apart_ranges_make_a_ratio() -> None:
    """Ranges that share no value tell two programs apart."""
    assert ratio(Spread(60, 50, 70), Spread(25, 20, 30)) == Ratio(2.4, noise=False)
    assert str(Ratio(2.4, noise=False)) == "2.4x"


def test_overlapping_ranges_are_noise() -> None:
    """Medians differ, but one run of the slower was as fast as one of the faster."""
    found = ratio(Spread(22, 18, 26), Spread(20, 17, 21))
    assert found is not None
    assert found.noise
    assert str(found) == "noise (1.1x)"


def test_touching_ranges_are_noise() -> None:
    """A value that both ranges share is enough."""
    assert Spread(20, 18, 22).overlaps(Spread(24, 22, 30))
    assert Spread(24, 22, 30).overlaps(Spread(20, 18, 22))


def test_nothing_measured_makes_no_ratio() -> None:
    """A contestant that never committed is not infinitely slow, nor is it infinitely cheap; there is no figure."""
    assert ratio(Spread(60, 50, 70), Spread(0, 0, 0)) is None
    assert ratio(Spread(0, 0, 0), Spread(60, 50, 70)) is None
