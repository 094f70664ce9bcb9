"""Keys of the due index sort as the instants do."""

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.instants import Instant
from streams.engine.due_index import PREFIX, due_key, read_due_key

INSTANTS = st.integers(-(2**53), 2**53).map(Instant)
CUSTOMERS = st.binary(max_size=20)


@given(INSTANTS, CUSTOMERS, INSTANTS, CUSTOMERS)
def test_entries_stand_in_the_order_of_their_instants(
    one: Instant, its: bytes, other: Instant, others: bytes
) -> None:
    """RocksDB orders keys as bytes, which is the order of instants and then of customers, also before 1970."""
    assert (due_key(one, its) < due_key(other, others)) == ((one, its) < (other, others))


@given(INSTANTS, CUSTOMERS)
def test_an_entry_is_read_as_it_was_written(instant: Instant, customer: bytes) -> None:
    """Instant and customer come back out of the key, whatever bytes the customer is made of."""
    assert read_due_key(due_key(instant, customer)) == (instant, customer)


@given(INSTANTS, CUSTOMERS)
def test_all_entries_stand_together(instant: Instant, customer: bytes) -> None:
    """Every entry starts with the prefix and sorts behind it, so a search from the prefix finds the first one."""
    key = due_key(instant, customer)
    assert key.startswith(PREFIX)
    assert key > PREFIX
