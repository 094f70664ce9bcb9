"""How many states may be kept in memory: by number, by bytes, shared among partitions."""

from streams.engine.recent_states import RecentStates


def test_partitions_share_the_bound_evenly() -> None:
    """Ten thousand states are 2,500 for each of four partitions, so that memory does not grow with partitions."""
    recent = RecentStates(most=10_000)
    assert recent.share == 10_000
    recent.partitions = 4
    assert recent.share == 2_500


def test_large_states_are_fewer() -> None:
    """A mebibyte holds eight records of 128 KiB, however many records of a few bytes it might hold."""
    recent = RecentStates(most=10_000, most_bytes=1_048_576)
    recent.weigh(10, 10 * 131_072)
    assert recent.share == 8


def test_small_states_are_bounded_by_number() -> None:
    """Records of ten bytes fill no mebibyte before there are as many as may be."""
    recent = RecentStates(most=10_000, most_bytes=1_048_576)
    recent.weigh(100, 1_000)
    assert recent.share == 10_000


def test_nothing_written_says_nothing_of_sizes() -> None:
    """A unit without states leaves the mean as it was."""
    recent = RecentStates(most=10_000, most_bytes=1_048_576)
    recent.weigh(1, 1_048_576)
    recent.weigh(0, 0)
    assert recent.share == 1
