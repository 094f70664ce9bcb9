"""The store of a partition, on a real RocksDB: what stands together, what is set aside, what is refused."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError, StoreFailed
from streams.engine.state_codec import FORMAT
from streams.engine.state_store import Changes, StateStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store stands."""
    return tmp_path / "stores" / "3"


@pytest.fixture
def store(path: Path) -> Iterator[StateStore]:
    """A new store."""
    opened = StateStore.open(path)
    yield opened
    opened.close()


def changes(*entries: tuple[int, bytes], **records: bytes) -> Changes:
    """Records to keep and due entries to enter."""
    made = Changes()
    for key, record in records.items():
        made.put(key.encode(), record)
    for instant, customer in entries:
        made.due(Instant(instant), customer)
    return made


def due(store: StateStore, up_to: int) -> list[tuple[int, bytes]]:
    """The due entries up to an instant, in the order of the store."""
    return [(instant, customer) for _, instant, customer in store.due(Instant(up_to))]


def test_a_new_store_is_empty(store: StateStore) -> None:
    """There is no position, no record and nothing due before the first transaction."""
    assert store.position is None
    assert store.get(b"c-1") is None
    assert list(store.records()) == []
    assert due(store, 2**62) == []


def test_records_and_position_move_together(store: StateStore) -> None:
    """One application moves records, due entries and position at once."""
    store.apply(changes((50, b"a"), a=b"one", b=b"two"), 17)
    assert (store.get(b"a"), store.get(b"b")) == (b"one", b"two")
    assert due(store, 50) == [(50, b"a")]
    assert store.position == 17


def test_without_a_position_the_old_one_stays(store: StateStore) -> None:
    """When the broker did not tell the end, a restart reads the tail once more: early, never late."""
    store.apply(changes(a=b"one"), 17)
    store.apply(changes(a=b"two"), None)
    assert (store.get(b"a"), store.position) == (b"two", 17)


def test_a_reopened_store_holds_everything(path: Path) -> None:
    """After a clean close, records, due entries and position are those of the last application."""
    first = StateStore.open(path)
    first.apply(changes((50, b"a"), a=b"one"), 17)
    first.close()
    second = StateStore.open(path)
    assert (second.get(b"a"), due(second, 99), second.position) == (b"one", [(50, b"a")], 17)
    second.close()


def test_deadlines_come_in_order_and_up_to_the_instant(store: StateStore) -> None:
    """Entries come earliest first, those of one instant by customer, the instant itself included."""
    store.apply(changes((300, b"c"), (-5, b"z"), (200, b"b"), (200, b"a"), (201, b"d")), 1)
    assert due(store, 200) == [(-5, b"z"), (200, b"a"), (200, b"b")]


def test_a_search_goes_on_behind_a_key(store: StateStore) -> None:
    """Whoever has taken some entries continues behind the last of them."""
    store.apply(changes((1, b"a"), (2, b"b"), (3, b"c")), 1)
    first = next(store.due(Instant(9)))
    assert [customer for _, _, customer in store.due(Instant(9), first[0])] == [b"b", b"c"]


def test_taken_and_deleted_entries_are_gone(store: StateStore) -> None:
    """A taken due entry and a deleted record are not found again; their neighbours are."""
    store.apply(changes((1, b"a"), (2, b"b"), a=b"one", b=b"two"), 1)
    gone = Changes()
    gone.taken(Instant(1), b"a")
    gone.put(b"a", None)
    store.apply(gone, 2)
    assert due(store, 9) == [(2, b"b")]
    assert list(store.records()) == [(b"b", b"two")]


def test_records_are_read_from_a_key_on(store: StateStore) -> None:
    """The key itself included, up to the end; what is written meanwhile is seen by the next reading."""
    store.apply(changes((1, b"a"), a=b"one", b=b"two", c=b"three"), 1)
    reading = store.records(b"b")
    assert next(reading) == (b"b", b"two")
    store.apply(changes(bb=b"later"), 2)
    assert list(reading) == [(b"c", b"three")]
    assert [key for key, _ in store.records(b"b\x00")] == [b"bb", b"c"]


def test_the_size_is_estimated_from_above(store: StateStore) -> None:
    """Nothing in a new store; then at least as many as there are records."""
    assert store.estimated_size() == 0
    store.apply(changes((1, b"a"), **{f"c{number}": b"one" for number in range(100)}), 1)
    assert 100 <= store.estimated_size() <= 110


def test_an_entry_taken_and_entered_anew_stays(store: StateStore) -> None:
    """Within one transaction the later word counts: who was taken and is due again is due."""
    store.apply(changes((1, b"a")), 1)
    both = Changes()
    both.taken(Instant(1), b"a")
    both.due(Instant(1), b"a")
    store.apply(both, 2)
    assert due(store, 9) == [(1, b"a")]


def test_keys_that_look_like_the_stores_own_do_no_harm(store: StateStore) -> None:
    """A customer may be called like an entry of the store: records stand apart from index and position."""
    store.apply(changes(mposition=b"one", d=b"two", s=b"three"), 5)
    assert store.position == 5
    assert due(store, 2**62) == []
    assert dict(store.records()) == {b"mposition": b"one", b"d": b"two", b"s": b"three"}


@pytest.mark.parametrize("where", ["stores", "blocks"])
def test_a_damaged_store_is_set_aside(tmp_path: Path, where: str, caplog: pytest.LogCaptureFixture) -> None:
    """A store that RocksDB cannot open makes room for a new one, is kept for a look, and the log says so."""
    path = tmp_path / where / "3"
    broken = StateStore.open(path)
    broken.apply(changes(a=b"one"), 17)
    broken.close()
    for manifest in path.glob("MANIFEST-*"):
        manifest.write_bytes(b"not a manifest")
    fresh = StateStore.open(path)
    assert (fresh.position, fresh.get(b"a")) == (None, None)
    assert path.with_name("3.aside").is_dir()
    assert f"store {path} is set aside and will be restored" in caplog.text
    fresh.close()


def test_a_store_of_another_format_is_set_aside(path: Path) -> None:
    """Records of a format that this version does not read are not touched; the changelog rebuilds them."""
    old = StateStore.open(path)
    old.apply(changes(a=b"one"), 17)
    old._database[b"mformat"] = b"\x00"
    old.close()
    fresh = StateStore.open(path)
    assert (fresh.position, fresh.get(b"a")) == (None, None)
    fresh.close()


def test_a_store_of_the_version_before_goes_on(path: Path) -> None:
    """Its records are read, so the store serves at once; from then on the earlier version must not open it."""
    old = StateStore.open(path)
    old.apply(changes(a=b"one"), 17)
    old._database[b"mformat"] = b"\x02"
    old.close()
    taken_over = StateStore.open(path)
    assert (taken_over.position, taken_over.get(b"a")) == (17, b"one")
    assert taken_over._database[b"mformat"] == FORMAT
    taken_over.close()


def test_what_was_set_aside_before_makes_room(path: Path) -> None:
    """A second damaged store replaces the first one that was kept, so the disk does not fill up."""
    for _ in range(2):
        store = StateStore.open(path)
        store._database[b"mformat"] = b"\x00"
        store.close()
    StateStore.open(path).close()
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["3", "3.aside"]


def test_a_store_in_use_is_refused_with_advice(path: Path, store: StateStore) -> None:
    """Two workers on one directory is the operator's mistake; the store of the first one is left alone."""
    store.apply(changes(a=b"one"), 17)
    with pytest.raises(ConfigurationError, match=r"in use by another worker: give each its own directory"):
        StateStore.open(path)
    assert store.get(b"a") == b"one"
    assert not path.with_name("3.aside").exists()


def filled(path: Path, customers: int = 20_000) -> None:
    """A store with files of many blocks: records without a pattern, a deadline each."""
    store = StateStore.open(path)
    chance = random.Random(7)
    made = Changes()
    for number in range(customers):
        key = f"c{number:06}".encode()
        made.put(key, chance.randbytes(100))
        made.due(Instant(number), key)
    store.apply(made, 17)
    store.close()


def spoil(path: Path) -> None:
    """Overwrite the beginning, where deadlines stand, and the middle, where records do, of every file of a store."""
    files = list(path.glob("*.sst"))
    assert files
    for file in files:
        with file.open("r+b") as data:
            data.write(bytes(3_000))
            data.seek(file.stat().st_size // 3)
            data.write(bytes(file.stat().st_size // 3))


READINGS: dict[str, Callable[[StateStore], object]] = {
    "records": lambda store: [store.get(f"c{number:06}".encode()) for number in range(20_000)],
    "all records": lambda store: list(store.records()),
    "deadlines": lambda store: list(store.due(Instant(2**62))),
}


@pytest.mark.parametrize("reading", READINGS)
def test_damage_that_reading_finds_ends_in_a_new_store(path: Path, reading: str) -> None:
    """Damaged blocks are told as such, never read over as if nothing were due; the next start sets the store aside."""
    filled(path)
    spoil(path)
    store = StateStore.open(path)
    with pytest.raises(StoreFailed, match="is damaged, the next start restores it"):
        READINGS[reading](store)
    store.close()
    fresh = StateStore.open(path)
    assert fresh.position is None
    fresh.close()
    again = StateStore.open(path)
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["3", "3.aside"]
    again.close()


def test_damage_that_opening_finds_ends_in_a_new_store_at_once(path: Path) -> None:
    """When not even the format can be read, there is nothing to wait for."""
    filled(path)
    for file in path.glob("*.sst"):
        with file.open("r+b") as data:
            data.write(bytes(file.stat().st_size * 2 // 3))
    fresh = StateStore.open(path)
    assert fresh.position is None
    assert list(fresh.records()) == []
    fresh.close()
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["3", "3.aside"]


def test_a_full_disk_is_told_with_advice(path: Path) -> None:
    """What no longer fits on the disk is refused with what to do; what was written before is still there afterwards."""
    script = f"""
import random, resource
from pathlib import Path
from streams.engine.errors import StoreFailed
from streams.engine.state_store import Changes, StateStore
store = StateStore.open(Path({str(path)!r}))
kept = Changes()
kept.put(b"a", b"one")
store.apply(kept, 17)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
chance, position = random.Random(7), 17
try:
    while position < 1_000:
        changes, position = Changes(), position + 1
        for number in range(1_000):
            changes.put(f"{{position}} {{number}}".encode(), chance.randbytes(200))
        store.apply(changes, position)
except StoreFailed as failure:
    print(failure)
store.close()
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert f"the disk of the store {path} is full: make room and start the worker again" in told
    after = StateStore.open(path)
    assert after.position is None or after.get(b"a") == b"one"
    after.close()
