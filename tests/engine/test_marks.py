"""What stands beside the customers of a partition, and how a sweep is told from the one before it."""

import pytest

from streams.domain.instants import Instant
from streams.engine.marks import (
    CLOCK_KEY,
    SWEEP_KEY,
    Sweep,
    is_mark,
    read_clock,
    read_sweep,
    write_clock,
    write_sweep,
)

DONE = Sweep("f1", "f0", 5.0, b"zoe", done=True, met=900, moved=40, expected=1_000)


def test_marks_are_told_from_customers() -> None:
    """A customer may be called anything that has no control characters."""
    assert [is_mark(key) for key in (CLOCK_KEY, SWEEP_KEY, b"clock", b" ", b"0", b"\xc5\x81")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("instant", [-5, 0, 915_148_800_000])
def test_a_clock_comes_back_as_it_was(instant: int) -> None:
    """Also one before 1970."""
    assert read_clock(write_clock(Instant(instant))) == instant


@pytest.mark.parametrize(
    "sweep", [Sweep(), DONE, DONE._replace(after="łódź".encode(), done=False, left_out=3)]
)
def test_a_sweep_comes_back_as_it_was(sweep: Sweep) -> None:
    """Every field survives the writing."""
    assert read_sweep(write_sweep(sweep)) == sweep


def test_a_sweep_sets_out_from_the_definitions_of_a_whole_one() -> None:
    """If all were decided under the same, only the difference is to be decided; it expects as many as were counted."""
    assert DONE.following("f2", 7.0, 5_000) == Sweep("f2", "f1", 7.0, b"", done=False, expected=900)


@pytest.mark.parametrize(
    "last",
    [DONE._replace(done=False), DONE._replace(left_out=1), Sweep()],
    ids=["cut off", "left out", "first"],
)
def test_a_sweep_after_one_that_was_not_whole_sets_out_from_nothing(last: Sweep) -> None:
    """Nobody can tell under which definitions each customer was decided."""
    assert last.following("f2", 7.0, 5_000).since == ""


@pytest.mark.parametrize(
    ("sweep", "remaining"),
    [
        (Sweep("f", done=False, expected=10), 10),
        (Sweep("f", done=False, expected=10, met=4), 6),
        (Sweep("f", done=False, expected=10, met=12), 1),
        (Sweep("f", done=True, expected=10, met=8), 0),
        (Sweep("f", done=False), 0),
    ],
    ids=["all", "some", "more than expected", "done", "nobody there"],
)
def test_what_remains_is_nothing_only_at_the_end(sweep: Sweep, remaining: int) -> None:
    """An estimate that was too low ends at 1 until the sweep is through."""
    assert sweep.remaining == remaining
