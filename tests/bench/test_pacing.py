import pytest

from tests.bench.pacing import Pace

PACE = Pace(start=100.0, rate=10.0, seconds=2.0)


@pytest.mark.parametrize(
    ("now", "due"),
    [(99.9, 0), (100.0, 1), (100.05, 1), (100.1001, 2), (101.0001, 11), (101.95, 20), (500.0, 20)],
)
def test_what_is_due_grows_with_time_and_ends_with_the_plan(now: float, due: int) -> None:
    """The first event at the start, ten a second, twenty in all."""
    assert PACE.due(now) == due


def test_a_pace_without_end_goes_on() -> None:
    """As long as nobody stops it."""
    endless = Pace(100.0, 10.0)
    assert endless.total is None
    assert endless.due(1_100.0) == 10_001


def test_every_event_has_its_moment() -> None:
    """An event is due from its planned moment on, and not before."""
    for number in range(20):
        moment = PACE.planned(number)
        assert PACE.due(moment + 1e-6) == number + 1
        assert PACE.due(moment - 1e-3) == number
