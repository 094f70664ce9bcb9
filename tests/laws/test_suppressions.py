"""Laws of messages that are sent and held back, over any events in any order."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.advance import advance
from streams.domain.effects import MessageSuppressed, MessageTriggered, Published
from streams.domain.instants import DAY, Instant, parse_instant
from streams.domain.ruleset import compile_ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER
from tests.domain.writing import EVENTS, definition, event
from topology.templates.compiling import compile_template

HOUR = 3_600_000
BEGIN = parse_instant("2026-03-20T00:00:00Z")
ZONE = ZoneInfo("Europe/Warsaw")
GOOD = {
    "rules": {"1": {"name": "custom_event.metadata", "property": "rating", "conditions": {"$more_than": [2]}}}
}

DISTRIBUTIONS: dict[str, dict[str, Any]] = {
    "once": {"limits": {"once": True, "max_age": "P400D"}},
    "cooldown": {"limits": {"cooldown": "PT30H"}},
    "rolling": {"limits": {"max": {"times": 2, "per": "P3D"}, "max_age": "P400D"}},
    "daily": {"limits": {"max": {"times": 2, "per": "day", "zone": "Europe/Warsaw"}}},
    "monthly": {"limits": {"cooldown": "PT3H", "max": {"times": 3, "per": "month"}, "max_age": "P400D"}},
    "window": {"start": "2026-03-25T00:00:00Z", "end": "2026-04-02", "limits": {"max_age": "P400D"}},
    "paused": {"status": "paused"},
    "draft": {"status": "draft"},
    "timely": {"limits": {"on": ["time"]}},
    "share": {"message": {"text": "{{ 10 | modulo: event.metadata.rating }}"}, "validation_rule": None},
}
RULES = compile_ruleset(
    [
        definition(
            "distribution",
            name,
            {
                "trigger": {"event": "review"},
                "validation_rule": GOOD,
                "message": {"channel": "email"},
                **body,
            },
        )
        for name, body in DISTRIBUTIONS.items()
    ],
    EVENTS,
    templates=compile_template,
)


class Review(NamedTuple):
    """A review, how many hours after the last one it came, and how many hours late."""

    rating: int
    after: int
    late: int


REVIEWS = st.lists(
    st.builds(Review, st.integers(0, 5), st.integers(0, 60), st.sampled_from([0, 0, 0, 1, 20, 71, 72, 73, 400])),
    max_size=40,
)  # fmt: skip


def outcomes(reviews: Sequence[Review]) -> list[MessageTriggered | MessageSuppressed]:
    """What the reviews cause, in order."""
    state, now, effects = NEW_CUSTOMER, BEGIN, list[Published]()
    for number, review in enumerate(reviews):
        now = Instant(now + review.after * HOUR)
        occurred = event("review", now - review.late * HOUR, f"r{number}", metadata={"rating": review.rating})
        state, caused = advance(state, Occurred(occurred, now), RULES)
        effects += (effect for effect in caused if isinstance(effect, Published))
    assert state.sequence == len(effects)
    found = [effect for effect in effects if isinstance(effect, (MessageTriggered, MessageSuppressed))]
    assert len(found) == len(effects)
    return found


def sent(found: list[MessageTriggered | MessageSuppressed], name: str) -> list[int]:
    """When a distribution sent, ascending."""
    return sorted(
        one.occurred_at for one in found if isinstance(one, MessageTriggered) and one.distribution_id == name
    )


@given(REVIEWS)
def test_what_is_admitted_is_sent_or_held_back(reviews: list[Review]) -> None:
    """Each occasion that passes the rule has one record for each distribution that reacts to it."""
    found = outcomes(reviews)
    good = sum(review.rating > 2 for review in reviews)
    admitted = {
        "share": len(reviews),
        **dict.fromkeys(DISTRIBUTIONS.keys() - {"share", "draft", "timely"}, good),
    }
    counts = Counter(str(one.distribution_id) for one in found)
    assert counts == Counter({name: times for name, times in admitted.items() if times})
    assert [one.sequence for one in found] == list(range(1, len(found) + 1))
    assert len({one.id for one in found}) == len(found)


@given(REVIEWS)
def test_no_limit_is_exceeded(reviews: list[Review]) -> None:
    """However late events come: once, cooldowns, rolling and calendar periods hold for what was sent, by its time."""
    found = outcomes(reviews)
    assert len(sent(found, "once")) <= 1
    assert all(late - early >= 30 * HOUR for early, late in pairwise(sent(found, "cooldown")))
    rolling = sent(found, "rolling")
    assert all(late - early >= 3 * DAY for early, late in zip(rolling, rolling[2:], strict=False))
    days = Counter(shown(at, ZONE).date() for at in sent(found, "daily"))
    assert max(days.values(), default=0) <= 2
    months = Counter((shown(at, UTC).year, shown(at, UTC).month) for at in sent(found, "monthly"))
    assert max(months.values(), default=0) <= 3


@given(REVIEWS)
def test_reasons_are_true(reviews: list[Review]) -> None:
    """A reason holds for the occasion that it is given for, and what is sent has none of them."""
    named = {f"r{number}": review for number, review in enumerate(reviews)}
    for one in outcomes(reviews):
        assert one.event is not None
        review, at = named[one.event.id], one.occurred_at
        reason = one.reason if isinstance(one, MessageSuppressed) else None
        unlimited = one.distribution_id in {"once", "rolling", "monthly", "window"}
        assert (reason == "max_age") == (review.late > 72 and not unlimited)
        if one.distribution_id == "window":
            begun, ended = at >= parse_instant("2026-03-25"), at >= parse_instant("2026-04-02")
            assert reason == ("ended" if ended else None if begun else "not_started")
        if one.distribution_id == "share" and review.late <= 72:
            assert reason == ("template" if review.rating == 0 else None)
        if one.distribution_id == "paused" and review.late <= 72:
            assert reason == "paused"


def shown(instant: int, zone: Any) -> datetime:
    """What the clocks of a zone show."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(zone)
