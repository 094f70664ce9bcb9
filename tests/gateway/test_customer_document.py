"""What is remembered of a customer, as JSON and back."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.cards import OWN, Card, Grant, Lot
from streams.domain.day_counts import day_counts
from streams.domain.identities import CampaignId, CardCode, EarningRuleId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.lists import list_of
from streams.domain.state import NEW_CUSTOMER, CustomerState, Membership, Occurrence
from streams.gateway.customer_document import customer_document, read_customer_document

NAMES = st.text(max_size=12)
WHOLE = st.integers(-(2**53), 2**53)
INSTANTS = st.integers(-(2**45), 2**47).map(Instant)
"""From the year 855 to 6429: what can be written."""
SCALARS = (
    st.none()
    | st.booleans()
    | WHOLE
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)

DAYS = st.dictionaries(st.integers(0, 0xFFFF), st.integers(1, 0xFFFF), max_size=3).map(
    lambda counted: day_counts(sorted(counted.items()))
)
POINTS = st.integers(1, 10**12)
CARDS = st.builds(
    Card,
    WHOLE,
    st.lists(st.builds(Lot, INSTANTS, POINTS), max_size=3).map(tuple),
    st.lists(
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
    ).map(tuple),
)
SEGMENTS = NAMES.filter(lambda name: not name.startswith("/")).map(SegmentId)
LISTS = st.dictionaries(
    SEGMENTS.map(list_of), INSTANTS.map(lambda at: Membership(0, at, announced=False)), max_size=2
)
STATES = st.builds(
    CustomerState,
    occurrences=st.dictionaries(
        NAMES.map(EventName), st.builds(Occurrence, st.integers(1, 2**40), INSTANTS, INSTANTS, DAYS)
    ),
    profile=st.dictionaries(NAMES, JSON, max_size=4),
    segments=st.dictionaries(
        SEGMENTS, st.builds(Membership, st.integers(1, 9), INSTANTS, st.booleans())
    ).flatmap(lambda held: LISTS.map(lambda lists: {**held, **lists})),
    cards=st.dictionaries(
        NAMES.map(CampaignId), st.dictionaries(NAMES.map(CardCode), CARDS, min_size=1, max_size=2)
    ),
    firings=st.dictionaries(NAMES, st.lists(INSTANTS, max_size=4).map(tuple)),
    recent=st.binary(max_size=60),
    due=st.none() | INSTANTS,
    sequence=st.integers(0, 2**53),
    ruleset=NAMES,
)

DAY = 86_400_000
STATE = CustomerState(
    occurrences={EventName("purchase"): Occurrence(3, Instant(0), Instant(DAY + 1), b"\0\0\0\1\0\1\0\2")},
    profile={"email": "a@b.c", "metadata": {"club_level": "Gold"}},
    segments={
        SegmentId("reviewers"): Membership(2, Instant(DAY), announced=False),
        SegmentId("/vip"): Membership(0, Instant(0), announced=False),
    },
    cards={
        CampaignId("club"): {
            OWN: Card(
                40,
                (Lot(Instant(3 * DAY), 10),),
                (
                    Grant(
                        bytes(7) + b"\xff", EarningRuleId("bonus"), 2, 10, Instant(2 * DAY), Instant(3 * DAY)
                    ),
                ),
            ),
            CardCode("CARD-7"): Card(-5),
        }
    },
    firings={"distribution/thanks": (Instant(5), Instant(DAY))},
    recent=b"12345678",
    due=Instant(2 * DAY),
    sequence=17,
    ruleset="1f0c",
)
DOCUMENT = {
    "occurrences": {
        "purchase": {
            "count": 3,
            "first": "1970-01-01T00:00:00Z",
            "last": "1970-01-02T00:00:00.001Z",
            "days": {"1970-01-01": 1, "1970-01-02": 2},
        }
    },
    "profile": {"email": "a@b.c", "metadata": {"club_level": "Gold"}},
    "segments": {"reviewers": {"version": 2, "entered_at": "1970-01-02T00:00:00Z", "announced": False}},
    "lists": {"vip": "1970-01-01T00:00:00Z"},
    "cards": [
        {
            "campaign_id": "club",
            "code": None,
            "balance": 40,
            "expiring": [{"expires_at": "1970-01-04T00:00:00Z", "points": 10}],
            "reversible": [
                {
                    "event": "00000000000000ff",
                    "rule": "bonus",
                    "version": 2,
                    "points": 10,
                    "until": "1970-01-03T00:00:00Z",
                    "expires_at": "1970-01-04T00:00:00Z",
                }
            ],
        },
        {"campaign_id": "club", "code": "CARD-7", "balance": -5, "expiring": [], "reversible": []},
    ],
    "firings": {"distribution/thanks": ["1970-01-01T00:00:00.005Z", "1970-01-02T00:00:00Z"]},
    "due": "1970-01-03T00:00:00Z",
    "sequence": 17,
    "ruleset": "1f0c",
}


def test_a_customer_reads_like_this() -> None:
    """Instants are RFC 3339; the digests of event ids are nobody's business."""
    assert customer_document(STATE) == DOCUMENT


def test_who_is_due_never_says_so() -> None:
    """Null, not an instant."""
    assert customer_document(NEW_CUSTOMER)["due"] is None


@given(STATES)
def test_a_customer_comes_back_from_json(state: CustomerState) -> None:
    """All but the digests survives the way over the wire, with its types."""
    wire = msgspec.json.encode(customer_document(state))
    assert read_customer_document(msgspec.json.decode(wire)) == state._replace(recent=b"")


def test_what_a_newer_version_adds_is_passed_over() -> None:
    """A command and a worker need not be of one version."""
    document = json.loads(json.dumps(DOCUMENT)) | {"mood": "good"}
    document["occurrences"]["purchase"]["mood"] = "good"
    assert read_customer_document(document) == STATE._replace(recent=b"")
