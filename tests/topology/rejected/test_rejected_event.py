"""Records of rejected-events as they are read back."""

import pytest

from schemas.outputs import Encoding
from streams.engine.errors import ConfigurationError
from tests.topology.rejected.events import RECEIVED, received, visit
from topology.rejected.rejected_event import RejectedEvent


@pytest.mark.parametrize("encoding", ["json", "avro", "confluent"])
def test_every_encoding_is_read(encoding: Encoding) -> None:
    """The first bytes tell it, so records of other settings are read as well."""
    event = received(visit(), encoding, headers=[("trace", b"\xff"), ("empty", None)])
    assert event.id == "custom-events-2-100"
    assert (event.key, event.headers) == (b"k", [("trace", b"\xff"), ("empty", None)])
    assert b'"room":"hall"' in (event.value or b"")
    assert (event.stamped, event.rejected_at) == (RECEIVED, RECEIVED + 1_000)
    assert not event.left_out


def test_the_same_place_at_another_time_is_another_event() -> None:
    """Positions come again when a topic is made anew; the id is the same, the identity is not."""
    one, other = received(visit()), received(visit(), timestamp=RECEIVED + 1)
    assert one.id == other.id
    assert one.identity != other.identity


@pytest.mark.parametrize(
    "value",
    [b"", b"{}", b"\xc3\x01 not ours", b"junk", b"\x00\x00\x00\x00\x07cut off", b"[1]", b'{"topic": 1}'],
)
def test_what_is_no_such_record_is_told(value: bytes) -> None:
    """Whoever wrote it, the message says that it cannot be read."""
    with pytest.raises(ConfigurationError, match="a record of rejected-events cannot be read"):
        RejectedEvent.of(value)
