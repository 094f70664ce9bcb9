"""Customers in an image: each once, nothing else, and no damage taken for the end."""

import random
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


def read(path: Path) -> list[tuple[str, bytes]]:
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
