"""A unit of work: empty until something happens, closed as a whole."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER
from streams.engine.partition import Partition, Touched
from streams.engine.state_store import StateStore
from streams.engine.unit_of_work import BY_KEY, Output, UnitOfWork


@pytest.fixture
def partition(tmp_path: Path) -> Iterator[Partition]:
    """A partition over a new store."""
    store = StateStore.open(tmp_path / "0")
    yield Partition(0, store)
    store.close()


def test_a_unit_in_which_nothing_happened_is_false() -> None:
    """Nothing is committed for a unit without records, outputs and offsets."""
    assert not UnitOfWork(0.0)


def test_offsets_alone_make_a_unit() -> None:
    """A batch that changed nothing still moves the committed offset on."""
    unit = UnitOfWork(0.0)
    unit.offsets["custom-events", 3] = 17
    assert unit


def test_outputs_or_deadlines_alone_make_a_unit() -> None:
    """What time alone caused is committed without any input."""
    by_output, by_record = UnitOfWork(0.0), UnitOfWork(0.0)
    by_output.outputs.append(Output("segment-changes", b"c", b"{}"))
    by_record.records += 1
    assert by_output
    assert by_record


def test_closing_takes_over_what_partitions_changed(partition: Partition) -> None:
    """The unit holds what was collected so far; what comes later belongs to the next one."""
    partition.save("a", partition.load("a"), NEW_CUSTOMER._replace(sequence=1))
    partition.advance_clock(Instant(9))
    unit = UnitOfWork(0.0)
    unit.close([partition])
    partition.save("b", partition.load("b"), NEW_CUSTOMER._replace(sequence=2))
    expected = Touched({"a": NEW_CUSTOMER._replace(sequence=1)}, {"a": None}, [], Instant(9))
    assert unit.touched == {partition: expected}
    assert list(partition.freeze().states) == ["b"]


def test_what_time_alone_changed_is_committed_with_a_position(partition: Partition) -> None:
    """By the position the broker knows a worker that lost the partition; the positions of batches stay as they are."""
    partition.positions = {"custom-events": 17, "customers": 3}
    idle, unit = UnitOfWork(0.0), UnitOfWork(0.0)
    idle.close([partition])
    assert idle.offsets == {}
    unit.offsets["custom-events", 0] = 12
    partition.save("a", partition.load("a"), NEW_CUSTOMER._replace(sequence=1))
    unit.close([partition])
    assert unit.offsets == {("custom-events", 0): 12, ("customers", 0): 3}


def test_a_unit_knows_the_weight_of_its_outputs() -> None:
    """However often it is asked, each output counts once."""
    unit = UnitOfWork(0.0)
    unit.outputs += [Output("t", b"c", b"12345"), Output("t", b"c", None)]
    assert [unit.weigh(), unit.weigh()] == [5, 5]
    unit.outputs.append(Output("t", b"c", b"678"))
    assert unit.weigh() == 8


def test_only_the_last_value_of_a_compacted_key_is_written() -> None:
    """What a unit says of one key several times is made and written once, behind the other outputs, when it closes."""
    unit, made = UnitOfWork(0.0), list[int]()

    def value(number: int) -> bytes:
        made.append(number)
        return str(number).encode()

    for number in range(3):
        unit.latest["point-balances", b"c"] = partial(value, number)
        unit.outputs.append(Output("point-events", b"c", b"{}"))
    unit.latest["point-balances", b"d"] = partial(value, 9)
    unit.close([])
    assert [(output.topic, output.key, output.value) for output in unit.outputs[3:]] == [
        ("point-balances", b"c", b"2"),
        ("point-balances", b"d", b"9"),
    ]
    assert made == [2, 9]


def test_an_output_leaves_partition_and_time_to_the_broker() -> None:
    """Unless told otherwise a record goes where its key says, and is dated when it is written."""
    assert Output("point-events", b"c", b"{}")[3:] == (BY_KEY, (), 0)
