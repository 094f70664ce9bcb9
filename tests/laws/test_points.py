"""Points: what the heart does to cards is what a ledger kept by hand does, and the laws that follow."""

from collections import Counter
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.cards import held
from streams.domain.definitions import Definition, EventShape
from streams.domain.effects import DuplicateDropped, Effect, PointsGranted, PointsMoved, PointsRefused
from streams.domain.events import Event
from streams.domain.identities import CampaignId, CustomerId, EventId, EventName
from streams.domain.instants import Instant
from streams.domain.internal_names import POINTS_ADDED
from streams.domain.record_ids import card_id
from streams.domain.ruleset import compile_ruleset
from streams.domain.signals import Occurred, Signal, Tick
from streams.domain.state import CustomerState
from tests.laws.histories import run
from tests.laws.ledger import DAY, Account, Rule, Told

CUSTOMER = CustomerId("c-1")
OWN = card_id(CampaignId("club"), CUSTOMER)
END = 60 * DAY
RULES = [
    Rule("daily", "bought", 3, DAY, 2 * DAY),
    Rule("lasting", "bought", 5, None, 3 * DAY),
    Rule("long", "read", 7, 4 * DAY, 9 * DAY),
    Rule("short", "read", 2, 2 * DAY, None),
]


def _definition(rule: Rule) -> Definition:
    body: dict[str, Any] = {
        "kind": "earning_rule",
        "id": rule.name,
        "campaign": "club",
        "trigger": {"event": rule.event},
        "points": {"type": "fixed", "value": rule.points},
    }
    if rule.lasts is not None:
        body["expires"] = f"P{rule.lasts // DAY}D"
    if rule.reversible is not None:
        body["reversible"] = f"P{rule.reversible // DAY}D"
    return Definition("earning_rule", rule.name, 1, body)


SHAPES = {EventName(name): EventShape({}, additional=True) for name in ("bought", "read", POINTS_ADDED)}
RULESET = compile_ruleset(map(_definition, RULES), SHAPES, clock="stream")


class Step(NamedTuple):
    """An event, the clock when it comes, and what the ledger makes of it."""

    event: Event
    now: int


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    """Up to 14 events in quarters of days, so that dates meet; some late, some adjusting, some taking back."""
    found: list[Step] = []
    now = 0
    for index in range(draw(st.integers(1, 14))):
        late = draw(st.sampled_from([0, 0, 0, DAY // 4, DAY, 3 * DAY, 10 * DAY]))
        now += draw(st.integers(0, 6)) * DAY // 4
        kind = draw(st.sampled_from(["bought", "read", "bought", "read", "adjust", "reverse", "reverse"]))
        card = draw(st.sampled_from([None, None, "CARD-7"]))
        metadata: dict[str, Any] = {}
        if kind == "adjust":
            metadata = {"campaign_id": "club", "points": draw(st.integers(-12, 12))}
            metadata |= {} if card is None else {"card_id": card}
        elif kind == "reverse":
            metadata = {"campaign_id": "club", "reverses": f"e-{draw(st.integers(0, index))}"}
        name = POINTS_ADDED if metadata else EventName(kind)
        event = Event(
            EventId(f"e-{index}"), name, CUSTOMER, Instant(now - late), metadata, {}, None,
            None if metadata else card,
        )  # fmt: skip
        found.append(Step(event, now))
    return found


def signal(step: Step) -> Signal:
    """The step as a signal."""
    return Occurred(step.event, Instant(step.now))


def by_hand(history: list[Step]) -> Account:
    """What the ledger says."""
    account = Account(RULES)
    for event, now in history:
        account.pass_time(now)
        at, asked = event.occurred_at, event.metadata
        if "reverses" in asked:
            account.reverse(str(asked["reverses"]), event.id, at, now)
        elif "points" in asked:
            points: Any = asked["points"]
            account.adjust(str(asked.get("card_id") or ""), points, at)
        else:
            account.occur(event.id, event.name, event.card or "", at, now)
    account.pass_time(END)
    return account


def moved(effects: list[Effect]) -> list[PointsGranted | PointsMoved]:
    """What is published of points."""
    return [effect for effect in effects if isinstance(effect, PointsGranted | PointsMoved)]


def told(effect: PointsGranted | PointsMoved) -> Told:
    """The effect in the words of the ledger."""
    card = "" if effect.card_id == OWN else effect.card_id
    rule = effect.earning_rule_id
    return Told(effect.type, card, rule, effect.points, effect.balance, effect.occurred_at)


def lived(history: list[Step]) -> tuple[CustomerState, list[Effect]]:
    """The heart's account of a history and of the time after it."""
    return run([*map(signal, history), Tick(CUSTOMER, Instant(END))], RULESET)


@settings(max_examples=300, deadline=None)
@given(steps())
def test_the_heart_keeps_the_ledger(history: list[Step]) -> None:
    """Every grant, adjustment, reversal and expiry, with points, balance and instant, and which events were refused."""
    state, effects = lived(history)
    account = by_hand(history)
    assert [told(effect) for effect in moved(effects)] == account.told
    refused = [effect.event.id for effect in effects if isinstance(effect, PointsRefused)]
    assert refused == account.refused
    balances = {one.code: one.card.balance for one in held(state.cards, CUSTOMER)}
    assert balances == {card: account.balance(card) for card in balances}


@settings(max_examples=100, deadline=None)
@given(steps())
def test_the_sum_of_point_events_is_the_balance(history: list[Step]) -> None:
    """Of each card, at every moment and in the state; ids are all different, sequences go up by one."""
    state, effects = lived(history)
    sums = Counter[str]()
    for effect in moved(effects):
        sums[effect.card_id] += effect.points
        assert sums[effect.card_id] == effect.balance
    assert {one.id: one.card.balance for one in held(state.cards, CUSTOMER)} == dict(sums)
    assert len({effect.id for effect in moved(effects)}) == len(moved(effects)) == state.sequence
    assert [effect.sequence for effect in moved(effects)] == [*range(1, state.sequence + 1)]


@settings(max_examples=100, deadline=None)
@given(steps())
def test_an_event_is_granted_and_reversed_at_most_once(history: list[Step]) -> None:
    """No rule grants twice for an event, and all that is taken back of a rule was granted by it before."""
    granted, taken = Counter[Any](), Counter[Any]()
    for effect in moved(lived(history)[1]):
        if isinstance(effect, PointsGranted) and effect.event is not None:
            granted[effect.earning_rule_id, effect.event.id] += 1
        elif effect.type == "reversed" and effect.event is not None:
            taken[effect.earning_rule_id, effect.event.metadata["reverses"]] += 1
    assert set(granted.values()) <= {1}
    assert all(times <= granted[what] for what, times in taken.items())


@settings(max_examples=100, deadline=None)
@given(steps())
def test_what_expires_was_there(history: list[Step]) -> None:
    """Expiry never takes a card below nothing, and dated points never come to more than the balance."""
    state, effects = run([*map(signal, history)], RULESET)
    assert all(effect.balance >= 0 for effect in moved(effects) if effect.type == "expired")
    for one in held(state.cards, CUSTOMER):
        assert sum(lot.points for lot in one.card.lots) <= max(one.card.balance, 0)
        assert sorted(one.card.lots) == [*one.card.lots]


@settings(max_examples=100, deadline=None)
@given(steps(), st.data())
def test_replays_and_ticks_change_nothing(history: list[Step], data: st.DataObject) -> None:
    """An event that comes again moves no point, and looking at a card in between expires nothing otherwise."""
    signals: list[Signal] = []
    for index, step in enumerate(history):
        before = history[index - 1].now if index else 0
        ticks = data.draw(st.lists(st.integers(before, step.now), max_size=2).map(sorted))
        signals += (Tick(CUSTOMER, Instant(now)) for now in ticks)
        signals += [signal(step), signal(step)]
    state, effects = run([*signals, Tick(CUSTOMER, Instant(END))], RULESET)
    plain, expected = lived(history)
    assert [effect for effect in effects if not isinstance(effect, DuplicateDropped)] == expected
    assert state.cards == plain.cards
