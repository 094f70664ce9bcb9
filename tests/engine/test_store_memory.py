"""The memory and the threads that all stores of a worker share."""

import os
import sys
from pathlib import Path

import pytest
from rocksdict import AccessType, Options, Rdict

from tests.broker.installation import wait_until
from tests.engine.asking import keep, opened, visited

ENOUGH_TO_TIDY_UP = 8
"""So many files of what was written lately are merged: RocksDB merges from four on."""


def properties(image: Path) -> dict[str, int]:
    """What RocksDB says of the files of an image: whole numbers by name."""
    database = Rdict(str(image), Options(raw_mode=True), access_type=AccessType.read_only())
    told = (database.property_value("rocksdb.aggregated-table-properties") or "").split(";")
    database.close()
    pairs = [pair.rpartition("=")[::2] for pair in told]
    return {name.strip(): int(value) for name, value in pairs if value.isdecimal()}


def test_indexes_are_kept_by_the_page(tmp_path: Path) -> None:
    """The cache is shared by all partitions: what one read takes room for there must not grow with the customers."""
    store = opened(tmp_path / "store", {f"c-{number}": 1 for number in range(20_000)})
    assert store.take_image(tmp_path / "image")
    told = properties(tmp_path / "image")
    assert told["# entries"] >= 20_000
    assert told["# index partitions"] > 1
    assert told["top-level index size"] < 4_096
    store.close()


def priorities(threads: str) -> set[int]:
    """The priorities of the threads of this process that have such a name; 19 is the least."""
    return {
        os.getpriority(os.PRIO_PROCESS, int(task.name))
        for task in Path("/proc/self/task").iterdir()
        if (task / "comm").read_text(encoding="ascii").strip() == threads
    }


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_tidying_up_leaves_the_cores_to_the_stream_and_flushes_do_not(tmp_path: Path) -> None:
    """RocksDB compacts in threads of the least priority, and flushes in others of the usual one."""
    store = opened(tmp_path / "store", {})
    for number in range(ENOUGH_TO_TIDY_UP):
        keep(store, {"c-1": visited(number)})
        assert store.take_image(tmp_path / str(number))
    wait_until(lambda: priorities("rocksdb:low") == {19}, "a compaction")
    assert priorities("rocksdb:high") == {0}
    store.close()
