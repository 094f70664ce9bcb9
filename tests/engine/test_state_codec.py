"""The record of a state: everything comes back, and what is of another format is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.identities import CampaignId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState, Membership, Occurrence
from streams.engine.due_index import ordered_key, read_due_key
from streams.engine.errors import ConfigurationError
from streams.engine.state_codec import FORMAT, decode_state, due_order, encode_state

NAMES = st.text(max_size=12)
WHOLE = st.integers(-(2**53), 2**53)
INSTANTS = WHOLE.map(Instant)
SCALARS = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)

STATES = st.builds(
    CustomerState,
    occurrences=st.dictionaries(
        NAMES.map(EventName),
        st.builds(Occurrence, st.integers(1, 2**40), INSTANTS, INSTANTS, st.binary(max_size=40)),
    ),
    profile=st.dictionaries(NAMES, JSON, max_size=4),
    segments=st.dictionaries(
        NAMES.map(SegmentId), st.builds(Membership, st.integers(1, 9), INSTANTS, st.booleans())
    ),
    balances=st.dictionaries(NAMES.map(CampaignId), st.integers(0, 2**53)),
    firings=st.dictionaries(NAMES, st.lists(INSTANTS, max_size=4).map(tuple)),
    recent=st.binary(max_size=60),
    due=st.none() | INSTANTS,
    sequence=st.integers(0, 2**53),
    ruleset=NAMES,
)


@given(STATES)
def test_a_state_comes_back_as_it_was(state: CustomerState) -> None:
    """Every field survives the writing, with its type."""
    assert decode_state(encode_state(state)) == state


@given(STATES)
def test_the_due_instant_stands_in_front(state: CustomerState) -> None:
    """Without reading the rest, a record tells when its customer is due, as the due index orders it, or that never."""
    order = due_order(encode_state(state))
    written = None if order is None else read_due_key(ordered_key(order, b"c"))
    assert written == (None if state.due is None else (state.due, b"c"))


@pytest.mark.parametrize("record", [b"", b"\x01" + encode_state(NEW_CUSTOMER)[1:]])
def test_another_format_tells_no_due_instant(record: bytes) -> None:
    """A restore must not guess where the instant stands in a record of another version."""
    with pytest.raises(ConfigurationError, match="this version reads"):
        due_order(record)


def test_what_comes_back_has_the_types_of_the_domain() -> None:
    """Occurrences and memberships are values with names, firings are tuples: the heart compares and reads them so."""
    state = NEW_CUSTOMER._replace(
        occurrences={EventName("visit"): Occurrence(2, Instant(1), Instant(5))},
        segments={SegmentId("regulars"): Membership(3, Instant(4), announced=False)},
        firings={"distribution/thanks": (Instant(4),)},
    )
    found = decode_state(encode_state(state))
    assert isinstance(found.occurrences[EventName("visit")], Occurrence)
    assert found.segments[SegmentId("regulars")].announced is False
    assert found.firings["distribution/thanks"] == (4,)


@pytest.mark.parametrize("record", [b"", b"\x00", b"\x01" + encode_state(NEW_CUSTOMER)[1:]])
def test_another_format_is_refused_with_advice(record: bytes) -> None:
    """A record of another version is not guessed at; the message says which versions met and what to do."""
    with pytest.raises(ConfigurationError, match=rf"reads 02 and {FORMAT.hex()}: start this version with"):
        decode_state(record)


@pytest.mark.parametrize(
    "body",
    [b"", encode_state(NEW_CUSTOMER)[1:-3], bytes(8) + msgspec.msgpack.encode(["too", "short"]), b"\xc1"],
)
def test_a_damaged_record_is_refused(body: bytes) -> None:
    """Cut-off or foreign bytes behind the version are an operator's problem with a name, not a crash in the codec."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        decode_state(FORMAT + body)


def test_a_record_of_the_version_before_is_read() -> None:
    """Its occurrences have no days yet; all else is as it was, the due instant in front included."""
    state = NEW_CUSTOMER._replace(
        occurrences={EventName("visit"): Occurrence(2, Instant(1), Instant(5), b"\0\0\0\2")},
        profile={"name": "Ann"},
        due=Instant(77),
        sequence=3,
    )
    shorter: dict[str, object] = {"visit": (2, 1, 5)}
    body = msgspec.msgpack.encode((shorter, *state[1:]))
    record = b"\x02" + encode_state(state)[1:9] + body
    assert decode_state(record) == state._replace(
        occurrences={EventName("visit"): Occurrence(2, Instant(1), Instant(5))}
    )
    assert due_order(record) == due_order(encode_state(state)) is not None


def test_a_small_state_is_small() -> None:
    """A customer with one event, in one segment, takes less than 150 bytes."""
    state = NEW_CUSTOMER._replace(
        occurrences={
            EventName("purchase"): Occurrence(3, Instant(915_148_800_000), Instant(915_148_900_000))
        },
        segments={SegmentId("repeat-buyers"): Membership(1, Instant(915_148_900_000))},
        recent=bytes(36),
        due=Instant(920_000_000_000),
        sequence=1,
        ruleset="0123456789abcdef",
    )
    assert len(encode_state(state)) < 150
