"""The record of a state: everything comes back, and what is of another format is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.cards import OWN, Card, Grant, Lot
from streams.domain.facts import Facts
from streams.domain.identities import CampaignId, CardCode, CustomerId, EarningRuleId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState, Membership, Occurrence
from streams.engine.due_index import ordered_key, read_due_key
from streams.engine.errors import ConfigurationError
from streams.engine.state_codec import FORMAT, decode_facts, decode_state, due_order, encode_state, label_of

NAMES = st.text(max_size=12)
WHOLE = st.integers(-(2**53), 2**53)
INSTANTS = WHOLE.map(Instant)
SCALARS = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)

POINTS = st.integers(1, 10**12)
LOTS = st.lists(st.builds(Lot, INSTANTS, POINTS), max_size=3).map(tuple)
GRANTS = st.lists(
    st.builds(
        Grant,
        st.binary(min_size=8, max_size=8),
        NAMES.map(EarningRuleId),
        st.integers(1, 9),
        POINTS,
        INSTANTS,
        st.none() | INSTANTS,
    ),
    max_size=2,
).map(tuple)
CARDS = st.builds(Card, WHOLE, LOTS, GRANTS)

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
    cards=st.dictionaries(NAMES.map(CampaignId), st.dictionaries(NAMES.map(CardCode), CARDS, max_size=2)),
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
def test_what_conditions_look_at_can_be_read_alone(state: CustomerState) -> None:
    """Occurrences, profile and segments are the same as those of the whole state, with their types."""
    known = decode_facts(encode_state(state), CustomerId("c"), Instant(7))
    expected = Facts(CustomerId("c"), state.occurrences, state.profile, state.segments, Instant(7), None)
    assert known == expected
    assert all(type(each) is Occurrence for each in known.occurrences.values())
    assert all(type(each) is Membership for each in known.segments.values())


@pytest.mark.parametrize(
    "record", [b"", b"\x01" + encode_state(NEW_CUSTOMER)[1:], encode_state(NEW_CUSTOMER)[:-30]]
)
def test_facts_are_not_guessed(record: bytes) -> None:
    """A record of another format, or one that is cut, is refused."""
    with pytest.raises(ConfigurationError):
        decode_facts(record, CustomerId("c"), Instant(0))


@given(STATES)
def test_the_due_instant_stands_in_front(state: CustomerState) -> None:
    """Without reading the rest, a record tells when its customer is due, as the due index orders it, or that never."""
    order = due_order(encode_state(state))
    written = None if order is None else read_due_key(ordered_key(order, b"c"))
    assert written == (None if state.due is None else (state.due, b"c"))


@given(STATES, NAMES)
def test_the_end_of_a_record_tells_the_ruleset(state: CustomerState, other: str) -> None:
    """Without reading the rest: it ends with the label of its ruleset, and with no other that is as long."""
    record = encode_state(state)
    assert record.endswith(label_of(state.ruleset))
    if len(label_of(other)) == len(label_of(state.ruleset)):
        assert record.endswith(label_of(other)) == (other == state.ruleset)


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
    with pytest.raises(
        ConfigurationError, match=rf"reads 02, 03 and {FORMAT.hex()}: start this version with"
    ):
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
    """What was on a card of a campaign is the balance of the customer's own; all else is as it was."""
    club = CampaignId("club")
    state = NEW_CUSTOMER._replace(
        occurrences={EventName("visit"): Occurrence(2, Instant(1), Instant(5), b"\0\0\0\2")},
        cards={club: {OWN: Card(40)}, CampaignId("air"): {OWN: Card(7)}},
        due=Instant(77),
        ruleset="1f0c",
    )
    before = (*state[:3], {"club": 40, "air": 7}, *state[4:])
    record = b"\x03" + encode_state(state)[1:9] + msgspec.msgpack.encode(before)
    assert decode_state(record) == state
    assert type(decode_state(record).cards[club][OWN]) is Card
    assert decode_facts(record, CustomerId("c"), Instant(7)).occurrences == state.occurrences
    assert due_order(record) == due_order(encode_state(state)) is not None
    assert record.endswith(label_of("1f0c"))


def test_a_record_of_version_2_is_read() -> None:
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


def test_who_has_no_card_takes_no_more_than_before() -> None:
    """The place of the cards is one byte, as that of the balances was."""
    record, body = encode_state(NEW_CUSTOMER), msgspec.msgpack.encode(({}, {}, {}, {}, {}, b"", None, 0, ""))
    assert record[9:] == body


def test_what_cards_take() -> None:
    """An own card without dates 11 bytes with its campaign, each date 11 more, each grant about 45."""
    club, at = CampaignId("club"), Instant(1_795_428_000_000)
    grant = Grant(bytes(8), EarningRuleId("review-bonus"), 2, 10, at, at)

    def size(card: Card) -> int:
        return len(encode_state(NEW_CUSTOMER._replace(cards={club: {OWN: card}}))) - len(
            encode_state(NEW_CUSTOMER)
        )

    assert size(Card(40)) == 11
    assert size(Card(40, (Lot(at, 10),))) == 22
    assert size(Card(40, (), (grant,))) <= 11 + 45


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
