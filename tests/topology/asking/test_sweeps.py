"""How far workers are with a sweep, as they tell over HTTP."""

from tests.topology.asking.worker import worker
from topology.asking.sweeps import Sweeping, ask_sweeps, sweeps_text
from topology.asking.workers import Holder


def ready(**sweeping: int) -> dict[str, object]:
    """What ``/ready`` says of a worker that sweeps; partition 0 is written ``p0``."""
    return {
        "ready": True,
        "serving": [0, 1],
        "sweeping": {number[1:]: left for number, left in sweeping.items()},
    }


def test_each_worker_is_asked_once_and_the_partitions_are_put_together() -> None:
    """Two workers, one with two partitions: what is left is told by partition, in order."""
    with (
        worker(lambda _path, _body: (200, [ready(p2=1_200)])) as one,
        worker(lambda _path, _body: (200, [ready(p0=34)])) as other,
    ):
        found = ask_sweeps({0: other.holder, 1: other.holder, 2: one.holder}, 3)
        assert found == Sweeping({0: 34, 2: 1_200}, {})
        assert list(found.left) == [0, 2]
        assert (one.asked, other.asked) == ([("/ready", None)], [("/ready", None)])


def test_a_partition_of_which_nobody_can_tell_is_named() -> None:
    """No worker has it, or the worker restores, does not say where it is, or speaks otherwise."""
    with (
        worker(lambda _path, _body: (503, [ready()])) as restoring,
        worker(lambda _path, _body: (200, [{"ready": True}])) as older,
    ):
        holders = {0: restoring.holder, 1: older.holder, 2: Holder(None, "10.0.0.7")}
        silent = ask_sweeps(holders, 4).silent
    assert {number: why.partition(": ")[2] or why for number, why in silent.items()} == {
        0: "it says 503 Service Unavailable",
        1: "it is of another version, and cannot be asked",
        2: "it does not say where it is reached",
        3: "no worker has it",
    }


def test_sweeps_read_like_this() -> None:
    """A sum, then a line a partition; or that there is none."""
    assert sweeps_text(Sweeping({0: 34, 2: 1_200}, {3: "no worker has it"})) == (
        "1,234 customers are yet to be decided under the live definitions, about; "
        "each is decided under all of them at once.\n\n"
        "partition  customers left\n"
        "---------  --------------\n"
        "0          34\n"
        "2          1,200\n\n"
        "Partition 3: no worker has it."
    )
    assert sweeps_text(Sweeping({}, {})) == "None: every customer is decided under the live definitions."
