"""What remembering ids costs."""

from streams.domain.duplicates import MOST
from tests.bench.duplicates import record_bytes, remembered


def test_each_id_costs_sixteen_bytes_and_no_more_than_a_bound() -> None:
    """Whatever its length; a customer who sends without end costs four kilobytes."""
    nothing = record_bytes(b"")
    assert nothing < 150
    assert record_bytes(remembered(10)) - nothing == 160
    assert MOST * 16 <= record_bytes(remembered(10 * MOST)) - nothing <= MOST * 16 + 3
