"""What was handed over, and what of it was applied."""

from confluent_kafka import Message

from streams.engine.deliveries import Deliveries
from streams.engine.record_batches import RecordBatch

PLACE, OTHER = ("events", 3), ("events", 4)


def records(*offsets: int) -> list[Message]:
    """Records of a partition."""
    return [Message(topic="events", partition=3, offset=offset, value=b"-") for offset in offsets]


def reading() -> Deliveries:
    """A partition is read from offset 10 on, in its seventh epoch."""
    made = Deliveries()
    made.begin(PLACE, 10, 7)
    return made


def test_batches_follow_each_other() -> None:
    """Each says behind what it stands and where it ends, whatever offsets hold no records."""
    deliveries, first, second = reading(), records(10, 12), records(15)
    assert deliveries.batch(PLACE, first) == RecordBatch("events", 3, 7, 10, 13, first, 1)
    assert deliveries.batch(PLACE, second) == RecordBatch("events", 3, 7, 13, 16, second, 2)


def test_what_was_fetched_before_is_left_out() -> None:
    """Records before the position that is read from are not wanted; a batch of none is none."""
    deliveries, wanted = reading(), records(10)
    assert deliveries.batch(PLACE, records(8, 9)) is None
    assert deliveries.batch(PLACE, [*records(9), *wanted]) == RecordBatch("events", 3, 7, 10, 11, wanted, 1)


def test_nothing_is_handed_over_of_a_partition_that_is_not_read() -> None:
    """Neither of one that was never read, nor of one that is read no more."""
    deliveries = reading()
    assert deliveries.batch(OTHER, records(1)) is None
    assert deliveries.markers(OTHER, 5) is None
    deliveries.end(PLACE)
    assert PLACE not in deliveries
    assert deliveries.batch(PLACE, records(10)) is None


def test_markers_at_the_end_are_a_batch_of_no_records() -> None:
    """Else the offsets that they take would look like records that wait."""
    deliveries = reading()
    assert deliveries.markers(PLACE, 10) is None
    assert deliveries.markers(PLACE, 12) == RecordBatch("events", 3, 7, 10, 12, (), 1)


def test_what_waits_is_known_until_it_is_applied() -> None:
    """How many records, and which batch of a partition was its last."""
    deliveries = reading()
    deliveries.begin(OTHER, 0, 8)
    deliveries.batch(PLACE, records(10, 11))
    deliveries.batch(OTHER, records(0))
    deliveries.batch(PLACE, records(12))
    assert (deliveries.backlog(), deliveries.waiting(PLACE), deliveries.waiting(OTHER)) == (4, 3, 2)
    deliveries.applied(PLACE, 12)
    assert (deliveries.backlog(), deliveries.waiting(PLACE)) == (2, 3)
    deliveries.applied(PLACE, 13)
    deliveries.applied(OTHER, 1)
    assert (deliveries.backlog(), deliveries.waiting(PLACE), deliveries.waiting(OTHER)) == (0, None, None)


def test_reading_from_elsewhere_makes_void_what_waited() -> None:
    """A new epoch begins with nothing to apply."""
    deliveries = reading()
    deliveries.batch(PLACE, records(10, 11))
    deliveries.begin(PLACE, 10, 9)
    assert (deliveries.backlog(), deliveries.waiting(PLACE)) == (0, None)
    batch = deliveries.batch(PLACE, records(10))
    assert batch is not None
    assert (batch.epoch, batch.follows) == (9, 10)
