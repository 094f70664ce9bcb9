"""Events that move points: what they may ask for, and what is refused without moving anything."""

from typing import Any

import pytest

from streams.domain.cards import MOST_CARDS
from streams.domain.definitions import EventShape
from streams.domain.effects import Effect, PointsGranted, PointsMoved, PointsRefused
from streams.domain.events import Event
from streams.domain.identities import CampaignId
from streams.domain.instants import DAY
from streams.domain.internal_names import POINTS_ADDED
from streams.domain.ledger import MOST_POINTS
from streams.domain.record_ids import card_id
from streams.domain.ruleset import compile_ruleset
from streams.domain.state import NEW_CUSTOMER
from tests.domain.writing import CUSTOMER, EVENTS, after, definition, event

RULE = {
    "campaign": "club",
    "trigger": {"event": "visit"},
    "points": {"type": "fixed", "value": 10},
    "reversible": "P30D",
}
RULESET = compile_ruleset(
    [definition("earning_rule", "bonus", RULE, version=3)],
    {**EVENTS, POINTS_ADDED: EventShape({}, additional=True)},
)
OWN = card_id(CampaignId("club"), CUSTOMER)


def asks(at: int = 1, source: str | None = "till", **metadata: Any) -> Event:
    """An event that moves points."""
    return event(POINTS_ADDED, at, metadata={"campaign_id": "club", **metadata})._replace(source=source)


def caused(*steps: Event | int) -> list[Effect]:
    """What these steps cause."""
    return after(NEW_CUSTOMER, RULESET, *steps)[1]


def test_an_adjustment_is_told_with_its_event() -> None:
    """Points come and go on the customer's own card; there is no rule, and the event names itself."""
    more, less = caused(asks(1, points=5), asks(2, points=-7.0))
    assert isinstance(more, PointsMoved)
    assert isinstance(less, PointsMoved)
    assert more[2:9] == ("adjusted", "club", OWN, None, None, 5, 5)
    assert less[2:9] == ("adjusted", "club", OWN, None, None, -7, -2)
    assert (less.event and less.event.id, less.occurred_at, less.cause) == (f"{POINTS_ADDED}-2", 2, "event")
    assert more.id != less.id


def test_a_card_is_named_by_its_code_or_by_its_id() -> None:
    """The id that point events show for the own card means that card."""
    effects = caused(asks(1, points=5, card_id="CARD-7"), asks(2, points=3, card_id=OWN), asks(3, points=1))
    assert [(e.card_id, e.balance) for e in effects if isinstance(e, PointsMoved)] == [
        ("CARD-7", 5),
        (OWN, 3),
        (OWN, 4),
    ]


def test_the_event_counts_whatever_it_asks_for() -> None:
    """Refused or not, it is an occurrence like any other."""
    state, effects = after(NEW_CUSTOMER, RULESET, asks(1, points=5), asks(2, reverses="nobody"))
    assert state.occurrences[POINTS_ADDED].count == 2
    assert len(effects) == 2


@pytest.mark.parametrize(
    ("metadata", "path"),
    [
        ({"points": 2.5}, "metadata.points"),
        ({"points": True}, "metadata.points"),
        ({"points": "5"}, "metadata.points"),
        ({"points": float("inf")}, "metadata.points"),
        ({"points": MOST_POINTS + 1}, "metadata.points"),
        ({"points": -MOST_POINTS - 1}, "metadata.points"),
        ({"points": 5, "reverses": "e-1"}, "metadata.points"),
        ({"points": 5, "campaign_id": None}, "metadata.campaign_id"),
        ({"points": 5, "campaign_id": ""}, "metadata.campaign_id"),
        ({"points": 5, "campaign_id": "x" * 257}, "metadata.campaign_id"),
        ({"points": 5, "card_id": ""}, "metadata.card_id"),
        ({"points": 5, "card_id": "x" * 257}, "metadata.card_id"),
        ({"points": 5, "card_id": 7}, "metadata.card_id"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(metadata: dict[str, Any], path: str) -> None:
    """Nothing is moved, nothing is published."""
    state, (refused,) = after(NEW_CUSTOMER, RULESET, asks(**metadata))
    assert isinstance(refused, PointsRefused)
    assert (refused.reason, refused.path) == ("out_of_limits", path)
    assert (state.cards, state.sequence) == ({}, 0)


@pytest.mark.parametrize("metadata", [{}, {"reason": "Sorry!"}, {"points": 0}])
def test_an_event_that_asks_for_nothing_moves_nothing(metadata: dict[str, Any]) -> None:
    """It counts, and that is all."""
    assert caused(asks(**metadata)) == []


def test_what_tidemark_told_itself_moves_nothing() -> None:
    """Whoever writes internal events back to the topic of events doubles no points."""
    assert caused(asks(source="tidemark", points=5, earning_rule_id="bonus", balance=5)) == []


def test_a_reversal_takes_back_what_an_event_earned() -> None:
    """With the rule and the version that granted it, once."""
    granted, taken, refused = caused(
        event(at=0), asks(1, reverses="visit-0"), asks(2, reverses="visit-0"),
    )  # fmt: skip
    assert isinstance(granted, PointsGranted)
    assert isinstance(taken, PointsMoved)
    assert taken[2:9] == ("reversed", "club", OWN, "bonus", 3, -10, 0)
    assert isinstance(refused, PointsRefused)
    assert (refused.reason, refused.path, refused.found) == (
        "nothing_to_reverse",
        "metadata.reverses",
        '"visit-0"',
    )


def test_a_reversal_may_make_a_debt() -> None:
    """What was spent meanwhile is owed: the ledger follows what happened."""
    effects = caused(event(at=0), asks(1, points=-8), asks(2, reverses="visit-0"))
    assert [e.balance for e in effects if not isinstance(e, PointsRefused)] == [10, 2, -8]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "asked",
    [
        asks(30 * DAY, reverses="visit-0"),
        asks(1, reverses="visit-1"),
        asks(1, reverses="visit-0", campaign_id="other"),
        asks(1, reverses=7),
    ],
)
def test_what_cannot_be_taken_back_changes_nothing(asked: Event) -> None:
    """Too late, of no such event, in another campaign."""
    state, effects = after(NEW_CUSTOMER, RULESET, event(at=0), asked)
    assert isinstance(effects[-1], PointsRefused)
    assert effects[-1].reason == "nothing_to_reverse"
    assert [one.balance for one in state.cards[CampaignId("club")].values()] == [10]


def test_cards_are_opened_up_to_a_bound() -> None:
    """An adjustment of one more is refused; points for one more go to the customer's own."""
    opened = [asks(at, points=1, card_id=f"{at}") for at in range(MOST_CARDS)]
    one_more = event(at=MOST_CARDS + 1)._replace(card="CARD-7")
    effects = caused(*opened, asks(MOST_CARDS, points=1, card_id="CARD-7"), one_more)
    assert isinstance(effects[-2], PointsRefused)
    assert effects[-2].path == "metadata.card_id"
    assert isinstance(effects[-1], PointsGranted)
    assert effects[-1].card_id == OWN


def test_points_go_to_the_card_that_the_event_names() -> None:
    """And to the own card without one; a reversal finds them wherever they are."""
    named = event(at=0)._replace(card="CARD-7")
    effects = caused(named, event(at=1), asks(2, reverses="visit-0"))
    cards = [e.card_id for e in effects if not isinstance(e, PointsRefused)]  # type: ignore[union-attr]
    assert cards == ["CARD-7", OWN, "CARD-7"]
