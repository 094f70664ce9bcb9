"""Transactions become smaller while the broker is slow, and grow again afterwards."""

from streams.engine.pace import Pace


def test_a_quick_broker_is_given_what_is_configured() -> None:
    """Commits that take no longer than two seconds change nothing."""
    pace = Pace(0.1, 50_000)
    pace.took(50_000, 2.0)
    assert pace.records == 50_000


def test_a_failed_commit_halves_what_the_next_one_holds() -> None:
    """Half of what failed, not of what would have been allowed."""
    pace = Pace(0.1, 50_000)
    pace.failed(8_000)
    assert pace.records == 4_000
    pace.failed(4_500)
    assert pace.records == 2_000


def test_a_slow_commit_counts_as_a_failed_one() -> None:
    """What took more than two seconds was too much, though it was committed."""
    pace = Pace(0.1, 50_000)
    pace.took(8_000, 2.1)
    assert pace.records == 4_000


def test_it_grows_again_up_to_what_is_configured() -> None:
    """Each commit that took less than half a second doubles it; one that is neither quick nor slow changes nothing."""
    pace = Pace(0.1, 50_000)
    pace.failed(20_000)
    sizes = []
    for seconds in (0.1, 1.0, 0.1, 0.1, 0.1):
        pace.took(1_000, seconds)
        sizes.append(pace.records)
    assert sizes == [20_000, 20_000, 40_000, 50_000, 50_000]


def test_it_never_asks_for_fewer_than_a_hundred() -> None:
    """Nor for more than is configured, where that is less."""
    little, less = Pace(0.1, 50_000), Pace(0.1, 10)
    little.failed(3)
    less.failed(3)
    assert (little.records, less.records) == (100, 10)
