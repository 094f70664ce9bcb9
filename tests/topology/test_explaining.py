"""One customer, three segments, asked about at several instants; every instant is worked out by hand."""

import json
from typing import Any

import pytest

from streams.domain.advance import advance
from streams.domain.definitions import Definition, EventShape
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant, parse_instant
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.errors import ConfigurationError
from topology.explaining import Question, answer, explanation_json
from topology.explanation_text import ON_TERMINAL, explanation_text

CUSTOMER = CustomerId("c-42")
REVIEWERS = 'count(new_review) > 1 and last(cart_abandoned) < 5 and metadata.club_level in ("Gold", "Silver")'
LAPSED = 'last(cart_abandoned) >= 30 and not (segment in ("reviewers", "strangers"))'
HISTORY: list[tuple[str, str, dict[str, Any]]] = [
    ("new_review", "2026-11-18T09:00:00Z", {"metadata": {"club_level": "Silver"}}),
    ("cart_abandoned", "2026-11-20T10:00:00Z", {}),
    ("new_review", "2026-11-20T12:00:00Z", {}),
]
NOW = parse_instant("2026-11-23T10:30:00Z")


def defined(name: str, **body: Any) -> Definition:
    """A segment."""
    return Definition("segment", name, 1, {"kind": "segment", "id": name, **body})


def of(*definitions: Definition) -> Ruleset:
    """The ruleset of these definitions."""
    events = ("new_review", "cart_abandoned")
    return compile_ruleset(definitions, {EventName(name): EventShape({}, additional=True) for name in events})


@pytest.fixture
def ruleset() -> Ruleset:
    """Reviewers, those who lapsed, and a list of friends."""
    return of(
        defined("reviewers", filter=REVIEWERS),
        defined("lapsed", filter=LAPSED, type="passive"),
        defined("friends", type="static", customers=["c-42"]),
        defined("strangers", type="static", customers=["c-1"]),
    )


@pytest.fixture
def state(ruleset: Ruleset) -> CustomerState:
    """What is stored of the customer after the history."""
    known = NEW_CUSTOMER
    for name, written, profile in HISTORY:
        known = after(known, ruleset, name, parse_instant(written), profile)
    return known


def after(
    state: CustomerState, ruleset: Ruleset, name: str, at: Instant, profile: dict[str, Any]
) -> CustomerState:
    """The state after one more event."""
    event = Event(EventId(f"{name}-{at}"), EventName(name), CUSTOMER, at, {}, profile, None)
    return advance(state, Occurred(event, at), ruleset).state


def told(state: CustomerState, ruleset: Ruleset, segment: str | None = None, at: str | None = None) -> str:
    """The answer as text."""
    asked = Question(CUSTOMER, NOW, None if at is None else parse_instant(at), segment)
    return explanation_text(answer(asked, state, ruleset))


def test_a_member(state: CustomerState, ruleset: Ruleset) -> None:
    """Who is in is told since when, until when, and what each condition sees."""
    assert told(state, ruleset, "reviewers").splitlines() == [
        "reviewers: c-42 is in it, since 2026-11-20T12:00:00Z; leaves 2026-11-25T10:00:00Z if nothing else happens",
        "and                                          yes  until 2026-11-25T10:00:00Z",
        "  count(new_review) > 1                      yes  2",
        "  last(cart_abandoned) < 5                   yes  3 days (2026-11-20T10:00:00Z), until 2026-11-25T10:00:00Z",
        '  metadata.club_level in ("Gold", "Silver")  yes  "Silver"',
    ]


def test_who_is_out(state: CustomerState, ruleset: Ruleset) -> None:
    """Who is out is told when time alone brings an entry, segments that are referred to being moved by time as well."""
    assert told(state, ruleset, "lapsed").splitlines() == [
        "lapsed: c-42 is not in it; enters 2026-12-20T10:00:00Z if nothing else happens",
        "and                                        no   until 2026-12-20T10:00:00Z",
        "  last(cart_abandoned) >= 30               no   3 days (2026-11-20T10:00:00Z), until 2026-12-20T10:00:00Z",
        "  not                                      no   until 2026-11-25T10:00:00Z",
        '    segment in ("reviewers", "strangers")  yes  in reviewers, until 2026-11-25T10:00:00Z',
    ]


def test_another_instant(state: CustomerState, ruleset: Ruleset) -> None:
    """At a later instant the answer is that of then: what time changes until then is changed."""
    assert told(state, ruleset, "lapsed", "2026-12-20T10:00:00Z").splitlines() == [
        "lapsed: c-42 is in it at 2026-12-20T10:00:00Z, since 2026-12-20T10:00:00Z; time alone does not change that",
        "and                                        yes",
        "  last(cart_abandoned) >= 30               yes  30 days (2026-11-20T10:00:00Z)",
        "  not                                      yes",
        '    segment in ("reviewers", "strangers")  no   in none of them',
    ]
    before, *_ = told(state, ruleset, "lapsed", "2026-12-20T09:59:59.999Z").splitlines()
    assert before.startswith(
        "lapsed: c-42 is not in it at 2026-12-20T09:59:59.999Z; enters 2026-12-20T10:00:00Z if"
    )


def test_days_of_a_calendar(state: CustomerState) -> None:
    """Where days are counted in midnights the zone is named, and the answer changes at a midnight there."""
    ruleset = of(defined("fresh", filter='in calendar "Europe/Warsaw" (last(cart_abandoned) < 5)'))
    assert told(state, ruleset, "fresh").splitlines() == [
        "fresh: c-42 is in it, since 2026-11-23T10:30:00Z; leaves 2026-11-24T23:00:00Z if nothing else happens",
        "days in Europe/Warsaw       yes  until 2026-11-24T23:00:00Z",
        "  last(cart_abandoned) < 5  yes  3 days (2026-11-20T10:00:00Z), until 2026-11-24T23:00:00Z",
    ]


def test_what_comes_again_for_ever(ruleset: Ruleset) -> None:
    """Where something comes again every year, it is told how far was looked: a thousand changes."""
    state = after(NEW_CUSTOMER, ruleset, "new_review", NOW, {"birthdate": "1990-12-24"})
    text = "birthdate anniversary_in_days 0 and count(new_review) > 1"
    head, _, birthday, _ = told(state, of(defined("s", filter=text)), "s").splitlines()
    assert head == "s: c-42 is not in it; time alone does not change that before 2525-12-25T00:00:00Z"
    assert birthday == '  birthdate anniversary_in_days 0  no   "1990-12-24", until 2026-12-24T00:00:00Z'


def test_lists(state: CustomerState, ruleset: Ruleset) -> None:
    """Of a static segment it is told whether the customer is on its list."""
    assert told(state, ruleset, "friends") == "friends: c-42 is on its list, since 2026-11-18T09:00:00Z"
    assert told(state, ruleset, "strangers") == "strangers: c-42 is not on its list"


def test_all_segments(state: CustomerState, ruleset: Ruleset) -> None:
    """Without a segment, all are told: those that the customer is in, then the others."""
    assert told(state, ruleset).splitlines() == [
        "c-42 at 2026-11-23T10:30:00Z",
        "",
        "segment    type         in it  since                 if nothing happens",
        "---------  -----------  -----  --------------------  ------------------",
        "friends    static       yes    2026-11-18T09:00:00Z",
        "reviewers  auto-update  yes    2026-11-20T12:00:00Z  leaves 2026-11-25T10:00:00Z",
        "lapsed     passive      no                           enters 2026-12-20T10:00:00Z",
        "strangers  static       no",
    ]


def test_on_a_terminal(state: CustomerState, ruleset: Ruleset) -> None:
    """A terminal shows signs in place of words; texts of strangers cannot move its cursor."""
    state = after(state, ruleset, "new_review", NOW, {"metadata": {"club_level": "\x9b2J"}})
    explanation = answer(Question(CUSTOMER, NOW, None, "reviewers"), state, ruleset)
    lines = explanation_text(explanation, ON_TERMINAL).splitlines()
    assert lines[1:3] == [
        "and                                          ✗",
        "  count(new_review) > 1                      ✓  3",
    ]
    assert lines[-1] == '  metadata.club_level in ("Gold", "Silver")  ✗  "\\x9b2J"'


def test_a_program_reads_json(state: CustomerState, ruleset: Ruleset) -> None:
    """The same as JSON: groups with their members, conditions with what they see."""
    asked = Question(CUSTOMER, NOW, None, "lapsed")
    document = json.loads(explanation_json(answer(asked, state, ruleset)))
    lapsed = document["segments"][0].pop("filter")
    assert document == {
        "customer_id": "c-42",
        "at": "2026-11-23T10:30:00Z",
        "known": True,
        "segments": [
            {
                "segment_id": "lapsed",
                "type": "passive",
                "in": False,
                "since": None,
                "changes_at": "2026-12-20T10:00:00Z",
                "looked_until": None,
            }
        ],
    }
    days, negation = lapsed.pop("members")
    assert lapsed == {"junction": "and", "not": False, "holds": False, "changes_at": "2026-12-20T10:00:00Z"}
    assert days == {
        "condition": "last(cart_abandoned) >= 30",
        "value": 3,
        "occurred_at": "2026-11-20T10:00:00Z",
        "holds": False,
        "changes_at": "2026-12-20T10:00:00Z",
    }
    assert negation["not"] is True
    assert negation["members"][0]["value"] == ["reviewers"]


def test_nobody(ruleset: Ruleset) -> None:
    """Of whom nothing is known, nothing is decided, and that is said."""
    explanation = answer(Question(CustomerId("c-0"), NOW), NEW_CUSTOMER, ruleset)
    assert explanation_text(explanation) == "Nothing is known of c-0."
    assert json.loads(explanation_json(explanation))["known"] is False


def test_the_past_is_refused(state: CustomerState, ruleset: Ruleset) -> None:
    """What was before now cannot be told."""
    with pytest.raises(ConfigurationError) as refused:
        told(state, ruleset, "reviewers", "2026-11-23")
    assert str(refused.value) == (
        "expected an instant from 2026-11-23T10:30:00Z on, found 2026-11-23T00:00:00Z: "
        "what is stored of a customer does not tell what was before"
    )


def test_an_unknown_segment_is_refused(state: CustomerState, ruleset: Ruleset) -> None:
    """A segment that is not defined is refused with the nearest that is."""
    with pytest.raises(ConfigurationError) as refused:
        told(state, ruleset, "reviewer")
    assert str(refused.value) == 'expected a defined segment, found "reviewer" (did you mean reviewers?)'
