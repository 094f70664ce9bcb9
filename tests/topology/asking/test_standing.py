"""Where a customer stands, as a person and a program read it."""

from streams.domain.cards import OWN, Card, Lot
from streams.domain.identities import CampaignId, CardCode, CustomerId, EventName, SegmentId
from streams.domain.instants import Instant, parse_instant
from streams.domain.record_ids import card_id
from streams.domain.ruleset import Ruleset
from streams.domain.state import NEW_CUSTOMER, Membership, Occurrence
from tests.domain.writing import compiled, metric, segment
from topology.asking.customers import Customer
from topology.asking.standing import at_instant, standing_document, standing_text

NOON = parse_instant("2026-11-23T12:00:00Z")
DAY = 86_400_000
RULES = compiled(
    segment("regulars", metric("visit.count", more_than=1), version=2),
    segment("recent", metric("visit.last_occurred", less_than=5)),
    segment("lapsed", metric("visit.last_occurred", more_than_or_equal=5), type="passive"),
    segment("friends", type="static", customers=["c-7"]),
)


def customer(ruleset: Ruleset = RULES) -> Customer:
    """Somebody who visited two and four days ago."""
    state = NEW_CUSTOMER._replace(
        occurrences={EventName("visit"): Occurrence(1_200, Instant(NOON - 4 * DAY), Instant(NOON - 2 * DAY))},
        segments={
            SegmentId("recent"): Membership(1, Instant(NOON - 4 * DAY)),
            SegmentId("regulars"): Membership(1, Instant(NOON - 2 * DAY)),
            SegmentId("gone"): Membership(1, Instant(NOON - DAY)),
        },
        cards={
            CampaignId("club"): {
                OWN: Card(12_000),
                CardCode("CARD-7"): Card(
                    70, (Lot(Instant(NOON + 30 * DAY), 50), Lot(Instant(NOON + 60 * DAY), 5))
                ),
            }
        },
        due=Instant(NOON + 3 * DAY),
        ruleset=ruleset.fingerprint,
    )
    return Customer(CustomerId("c-42"), 3, NOON, state)


TEXT = """\
c-42 on partition 3, as of 2026-11-23T12:00:00Z

segment                                   type
--------  --------  --------------------  ----
recent    in since  2026-11-19T12:00:00Z  auto-update
regulars  in since  2026-11-21T12:00:00Z  auto-update, as of version 1, not yet 2
gone      in since  2026-11-22T12:00:00Z  deleted; will be left
friends   not in                          static
lapsed    not in                          passive

event  count  first                 last
-----  -----  --------------------  ----
visit  1,200  2026-11-19T12:00:00Z  2026-11-21T12:00:00Z

campaign  card                   points  of these  expire at
--------  ---------------------  ------  --------  ---------
club      card_OWN               12,000
club      CARD-7                 70      50        2026-12-23T12:00:00Z""".replace(
    "card_OWN             ", card_id(CampaignId("club"), CustomerId("c-42"))
)


def test_a_customer_reads_like_this() -> None:
    """Segments by time of entry, then those that the customer is not in; events; points."""
    assert standing_text(customer(), RULES.segments) == TEXT


def test_where_nothing_is_live_that_is_said() -> None:
    """And of somebody without events as well."""
    nobody = customer()._replace(state=NEW_CUSTOMER)
    assert standing_text(nobody, {}).splitlines()[2:] == ["No segments are live.", "", "No event occurred."]


def test_time_alone_moves_the_customer() -> None:
    """Three days later the last visit is five days ago: out of one segment and into another, to the instant."""
    before = at_instant(customer(), Instant(NOON + 3 * DAY - 1), RULES)
    after = at_instant(customer(), Instant(NOON + 3 * DAY), RULES)
    assert "recent" in before.state.segments
    assert "lapsed" not in before.state.segments
    assert "recent" not in after.state.segments
    assert after.state.segments[SegmentId("lapsed")].entered_at == NOON + 3 * DAY
    assert after.now == NOON + 3 * DAY


def test_programs_are_told_all() -> None:
    """What the worker says, and the live segments that the customer is not in."""
    document = standing_document(customer(), RULES.segments)
    assert document["customer_id"] == "c-42"
    assert document["now"] == "2026-11-23T12:00:00Z"
    assert document["segments"]["recent"]["entered_at"] == "2026-11-19T12:00:00Z"
    assert document["outside"] == ["friends", "lapsed"]
    assert [(card["code"], card["balance"]) for card in document["cards"]] == [(None, 12_000), ("CARD-7", 70)]
