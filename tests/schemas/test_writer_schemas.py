"""What is known of a registry's schemas, while it answers and while it is away."""

from concurrent.futures import Executor, Future
from typing import Any

import pytest

from schemas.rejections import Fault
from schemas.writer_schemas import SchemaAwaited, SchemaKey, UnknownSchema, WriterSchemas


class AtOnce(Executor):
    """Runs what it is given before it returns."""

    def submit(self, call: Any, /, *args: Any, **named: Any) -> Future[Any]:
        """The outcome of the call."""
        future: Future[Any] = Future()
        try:
            future.set_result(call(*args, **named))
        except (UnknownSchema, OSError) as failure:
            future.set_exception(failure)
        return future


class Shelf:
    """A registry that holds what it is told to, with a clock that stands still."""

    def __init__(self, *, waits: bool = True) -> None:
        self.texts: dict[SchemaKey, str] = {7: "seven"}
        self.away = False
        self.asked: list[SchemaKey] = []
        self.outcomes: list[str] = []
        self.now = 100.0
        self.known = WriterSchemas(self.fetch, AtOnce(), waits=waits, watch=self.told, clock=lambda: self.now)

    def told(self, outcome: str) -> None:
        """Keep what is told of an answer."""
        self.outcomes.append(outcome)

    def fetch(self, key: SchemaKey) -> str:
        """What a registry says."""
        self.asked.append(key)
        if self.away:
            raise ConnectionRefusedError("nobody is there")
        if key not in self.texts:
            raise UnknownSchema("Schema not found")
        return self.texts[key]

    def get(self, key: SchemaKey) -> str | Fault:
        """What is known once the first answer is there."""
        with pytest.raises(SchemaAwaited):
            self.known.get(key)
        return self.known.get(key)


def test_a_schema_is_asked_for_once() -> None:
    """The first who asks is told to come back; from then on it is known, whatever becomes of the registry."""
    shelf = Shelf()
    assert shelf.get(7) == "seven"
    shelf.away = True
    shelf.now += 1_000_000
    assert shelf.known.get(7) == "seven"
    assert shelf.asked == [7]
    assert shelf.outcomes == ["found"]


def test_whoever_waits_learns_when_to_come_back() -> None:
    """What is raised tells whether it is time."""
    shelf = Shelf()
    with pytest.raises(SchemaAwaited) as awaited:
        shelf.known.get(7)
    assert awaited.value.ready()


def test_an_id_that_the_registry_does_not_have_is_a_fault() -> None:
    """It says which id, and is believed for half a minute; then the registry is asked again."""
    shelf = Shelf()
    assert shelf.get(8) == Fault("unknown_schema_id", "value", "the id of a schema in the registry", "8")
    shelf.now += 29
    assert isinstance(shelf.known.get(8), Fault)
    assert shelf.asked == [8]
    shelf.texts[8] = "eight"
    shelf.now += 2
    assert shelf.get(8) == "eight"


def test_while_the_registry_is_away_what_is_unknown_waits() -> None:
    """It is asked again with pauses of 1, 2, 4, … 15 s, and what waits goes on when it is back."""
    shelf = Shelf()
    shelf.away = True
    with pytest.raises(SchemaAwaited) as awaited:
        shelf.known.get(7)
    for _ in range(1000):
        assert not awaited.value.ready()
        shelf.now += 0.1
    assert len(shelf.asked) == 10  # at 0, 1, 3, 7, 15, 30, 45, 60, 75 and 90 s
    shelf.away = False
    shelf.now += 15
    assert not awaited.value.ready()
    assert awaited.value.ready()
    assert shelf.known.get(7) == "seven"
    assert shelf.outcomes == ["away"] * 10 + ["found"]


def test_while_the_registry_is_away_what_is_unknown_may_be_rejected() -> None:
    """If so configured it is a fault with a reason of its own, for every id, until it is time to ask again."""
    shelf = Shelf(waits=False)
    shelf.away = True
    found = shelf.get(7)
    assert isinstance(found, Fault)
    assert found[:2] == ("registry_away", "value")
    assert isinstance(shelf.known.get(9), Fault)
    assert shelf.asked == [7]
    shelf.away = False
    shelf.now += 2
    assert shelf.get(7) == "seven"


def test_made_up_ids_do_not_fill_the_memory() -> None:
    """Of unknown ids only so many are remembered."""
    shelf = Shelf()
    for key in range(100, 25_000):
        shelf.get(key)
    assert len(shelf.known._unknown) <= 10_000


def test_a_guid_is_shown_as_it_is_written() -> None:
    """The fault of an unknown GUID names it with its dashes."""
    found = Shelf().get(bytes(range(16)))
    assert isinstance(found, Fault)
    assert found.found == "00010203-0405-0607-0809-0a0b0c0d0e0f"
