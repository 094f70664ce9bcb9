"""Cards: which points go first, and the bounds of what is remembered."""

from streams.domain.cards import (
    MOST_CARDS,
    MOST_GRANTS,
    MOST_LATE,
    MOST_LOTS,
    NO_CARD,
    OWN,
    Card,
    Cards,
    Grant,
    Lot,
    added,
    code_of,
    digest_of,
    expired,
    granted,
    held,
    id_of,
    may_open,
    soonest_expiry,
    spent,
    taken_back,
    with_card,
)
from streams.domain.identities import CampaignId, CardCode, CustomerId, EarningRuleId
from streams.domain.instants import Instant
from streams.domain.record_ids import balance_key, card_id

CLUB, CUSTOMER = CampaignId("club"), CustomerId("c-42")
SEVEN = CardCode("CARD-7")


def lot(at: int, points: int) -> Lot:
    """Points of a date."""
    return Lot(Instant(at), points)


def grant(points: int, expires_at: int | None = None, until: int = 100) -> Grant:
    """A grant that can be taken back."""
    expiry = None if expires_at is None else Instant(expires_at)
    return Grant(digest_of("e-1"), EarningRuleId("r"), 1, points, Instant(until), expiry)


def test_points_of_one_date_lie_together_in_order() -> None:
    """Dates ascend whatever the order in which points come; what has no date is the rest of the balance."""
    card = added(added(added(added(NO_CARD, 5, Instant(9)), 2, Instant(4)), 1, Instant(9)), 7)
    assert card == Card(15, (lot(4, 2), lot(9, 6)))


def test_the_nearest_date_is_spent_first_and_what_stays_last() -> None:
    """A card of 2, 6 and 7 points."""
    card = Card(15, (lot(4, 2), lot(9, 6)))
    assert spent(card, 1) == Card(14, (lot(4, 1), lot(9, 6)))
    assert spent(card, 3) == Card(12, (lot(9, 5),))
    assert spent(card, 10) == Card(5)
    assert spent(card, 20) == Card(-5)


def test_points_pay_a_debt_first() -> None:
    """Of ten dated points on a card of minus four, six are left to expire."""
    assert added(Card(-4), 10, Instant(9)) == Card(6, (lot(9, 6),))
    assert added(Card(-4), 3, Instant(9)) == Card(-1)


def test_expiry_takes_what_is_gone_and_no_more() -> None:
    """At its date, not before; a card without dates is the same card."""
    card = Card(15, (lot(4, 2), lot(9, 6)))
    assert expired(card, Instant(3)) is card
    assert expired(card, Instant(4)) == Card(13, (lot(9, 6),))
    assert expired(card, Instant(9)) == Card(7)


def test_what_is_taken_back_is_what_came_as_far_as_it_is_there() -> None:
    """The grant's own date first, then the nearest of the others, then what stays; a debt at last."""
    dated, lasting = grant(6, 9), grant(7)
    card = Card(15, (lot(4, 2), lot(9, 6)), (dated, lasting))
    assert taken_back(card, dated) == Card(9, (lot(4, 2),), (lasting,))
    assert taken_back(card, lasting) == Card(8, (lot(4, 2), lot(9, 6)), (dated,))
    half_spent = Card(6, (lot(4, 2), lot(9, 3)), (dated,))
    assert taken_back(half_spent, dated) == Card(0)
    assert taken_back(Card(1, (), (dated,)), dated) == Card(-5)


def test_how_long_a_grant_stands() -> None:
    """Until its end by the event's time, a week longer by the clock, and not once its points are gone."""
    standing = grant(5, 80, until=50)
    assert standing.stands(Instant(49), Instant(79))
    assert not standing.stands(Instant(50), Instant(79))
    assert not standing.stands(Instant(49), Instant(80))
    assert grant(5, until=50).stands(Instant(49), Instant(50 + MOST_LATE - 1))
    assert not grant(5, until=50).stands(Instant(49), Instant(50 + MOST_LATE))


def test_grants_that_stand_no_more_are_forgotten() -> None:
    """When the next one comes; and of very many the oldest."""
    card = granted(granted(NO_CARD, grant(1, until=50), Instant(0)), grant(2), Instant(50 + MOST_LATE))
    assert card.grants == (grant(2),)
    for points in range(1, MOST_GRANTS + 3):
        card = granted(card, grant(points), Instant(0))
    assert [one.points for one in card.grants] == [*range(3, MOST_GRANTS + 3)]


def test_very_many_dates_are_joined_at_the_later_one() -> None:
    """The two nearest to one another: nothing goes early, and nothing is lost."""
    card = NO_CARD
    for index in range(MOST_LOTS):
        card = added(card, 1, Instant(10 * index))
    card = added(card, 1, Instant(15))
    assert len(card.lots) == MOST_LOTS
    assert card.lots[:3] == (lot(0, 1), lot(15, 2), lot(20, 1))
    assert card.balance == sum(each.points for each in card.lots) == MOST_LOTS + 1


def test_a_card_is_meant_by_its_code_or_its_id() -> None:
    """The id of the own card, sent back as a code, means the own card; no code does, too."""
    own = card_id(CLUB, CUSTOMER)
    assert code_of(CLUB, CUSTOMER, own) == code_of(CLUB, CUSTOMER, None) == OWN
    assert code_of(CampaignId("other"), CUSTOMER, own) == CardCode(own)
    assert id_of(CLUB, CUSTOMER, OWN) == own
    assert id_of(CLUB, CUSTOMER, code_of(CLUB, CUSTOMER, "CARD-7")) == "CARD-7"


def test_cards_are_told_apart_by_campaign_and_code() -> None:
    """All cards of a customer, with their ids, and when the first points expire."""
    cards: Cards = with_card({}, CLUB, SEVEN, Card(1, (lot(9, 1),)))
    cards = with_card(with_card(cards, CLUB, OWN, Card(2)), CampaignId("air"), SEVEN, Card(3, (lot(8, 3),)))
    assert [(one.campaign, one.id, one.card.balance) for one in held(cards, CUSTOMER)] == [
        ("air", "CARD-7", 3),
        ("club", card_id(CLUB, CUSTOMER), 2),
        ("club", "CARD-7", 1),
    ]
    assert soonest_expiry(cards) == 8
    assert soonest_expiry({}) is None


def test_no_two_cards_have_one_key() -> None:
    """Whatever is printed on them: one code in two campaigns, slashes, the id of another card."""
    own = card_id(CLUB, CUSTOMER)
    air = CampaignId("air")
    cards = [
        *((CLUB, CUSTOMER, id_of(CLUB, CUSTOMER, code)) for code in (OWN, SEVEN, CardCode("b/c"))),
        *((air, CUSTOMER, id_of(air, CUSTOMER, CardCode(code))) for code in (OWN, SEVEN, own)),
        (CLUB, CustomerId("c-42/b"), id_of(CLUB, CustomerId("c-42/b"), CardCode("c"))),
    ]
    keys = [balance_key(*card) for card in cards]
    assert len(set(keys)) == len(keys)
    assert keys[0] == f"c-42/{own}"


def test_a_customer_has_so_many_cards_and_no_more() -> None:
    """The own cards and those that are there already are always open."""
    cards: Cards = {CLUB: {CardCode(f"{index}"): Card(0) for index in range(MOST_CARDS)}}
    assert may_open(cards, CLUB, CardCode("5"))
    assert may_open(cards, CLUB, OWN)
    assert not may_open(cards, CLUB, SEVEN)
