"""Images of a store: of one moment, each customer once, nothing else, and no damage taken for the end."""

import random
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.engine.marks import CLOCK_KEY
from streams.engine.state_store import Changes, StateStore
from streams.engine.store_image import StoreImage, customer_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store stands."""
    return tmp_path / "0"


def stored(path: Path, *customers: str) -> None:
    """A store of these customers, who are all due, with a stream clock."""
    store, made = StateStore.open(path), Changes()
    made.put(CLOCK_KEY, b"now")
    for customer in customers:
        made.put(customer.encode(), f"of {customer}".encode())
        made.due(Instant(5), customer.encode())
    store.apply(made, 9)
    store.close()


def kept(store: StateStore, **records: bytes) -> None:
    """Keep records in an open store."""
    made = Changes()
    for name, record in records.items():
        made.put(name.encode(), record)
    store.apply(made, 1)


def read(path: Path) -> Sequence[tuple[str, bytes]]:
    """All customers in order, as one reads them."""
    image = StoreImage(path)
    found = [(str(customer_of(key)), record) for batch in image.customers() for key, record in batch]
    image.close()
    return found


def test_only_customers_are_shown(path: Path) -> None:
    """Neither the due index nor the clock nor the store's own entries; ids that look like those are ids."""
    names = ["c", "d", "mposition", "s", "ź/ %"]
    stored(path, *names)
    assert read(path) == [(name, f"of {name}".encode()) for name in names]


def test_an_empty_store_has_nobody(path: Path) -> None:
    """No record, no customer."""
    stored(path)
    assert read(path) == []


@pytest.mark.parametrize("count", [1_023, 1_024, 1_025, 3_000])
def test_however_many_there_are_each_comes_once(path: Path, count: int) -> None:
    """They are read some at a time, and none falls between two times."""
    names = [f"c{number:05}" for number in range(count)]
    stored(path, *names)
    assert [name for name, _ in read(path)] == names


def test_damage_is_not_taken_for_the_end(path: Path) -> None:
    """Whoever counts must not count a part for the whole."""
    store, chance, made = StateStore.open(path), random.Random(7), Changes()
    for number in range(20_000):
        made.put(f"c{number:06}".encode(), chance.randbytes(100))
    store.apply(made, 1)
    store.close()
    for file in path.glob("*.sst"):
        with file.open("r+b") as data:
            data.seek(file.stat().st_size // 2)
            data.write(bytes(file.stat().st_size // 4))
    image = StoreImage(path)
    with pytest.raises(Exception, match="Corruption"):
        list(image.customers())
    image.close()


def test_an_image_shows_what_was_stored_when_it_was_taken(path: Path, tmp_path: Path) -> None:
    """What comes later is not in it, whether or not anything had been written to files before."""
    store = StateStore.open(path)
    kept(store, a=b"one", b=b"two")
    assert store.take_image(tmp_path / "first")
    kept(store, a=b"three", c=b"four")
    assert store.take_image(tmp_path / "second")
    store.close()
    assert dict(read(tmp_path / "first")) == {"a": b"one", "b": b"two"}
    assert dict(read(tmp_path / "second")) == {"a": b"three", "b": b"two", "c": b"four"}


def test_an_image_outlives_its_store(path: Path, tmp_path: Path) -> None:
    """It is whole, whatever becomes of the store's own files."""
    store = StateStore.open(path)
    kept(store, a=b"one")
    assert store.take_image(tmp_path / "image")
    store.close()
    shutil.rmtree(path)
    assert dict(read(tmp_path / "image")) == {"a": b"one"}


def test_a_closed_store_gives_no_image(path: Path, tmp_path: Path) -> None:
    """A partition may go away at the very moment at which somebody asks."""
    store = StateStore.open(path)
    store.close()
    assert not store.take_image(tmp_path / "image")


def test_images_are_taken_while_others_write_and_one_closes(path: Path, tmp_path: Path) -> None:
    """Each image is that of some moment: both records of every change are in it, or neither."""
    store, taken = StateStore.open(path), threading.Event()

    def write() -> None:
        for number in range(2_000):
            kept(store, **{f"a{number}": b"x", f"b{number}": b"x"})
            if number > 200 and taken.is_set():
                return

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        images = [tmp_path / f"image-{number}" for number in range(20)]
        for image in images:
            assert store.take_image(image)
        taken.set()
        writing.result()
        last = pool.submit(store.take_image, tmp_path / "last")
        store.close()
        assert last.result() is (tmp_path / "last").exists()
    for image in images:
        found = dict(read(image)).keys()
        assert {name[1:] for name in found if name[0] == "a"} == {
            name[1:] for name in found if name[0] == "b"
        }
