"""Plans: what applying would change, and under which versions."""

from schemas.catalog import Catalog
from streams.domain.definitions import Definition
from streams.domain.ruleset import compile_ruleset
from topology.definitions.check import CheckedDefinitions
from topology.definitions.differences import ABSENT
from topology.definitions.plan import MOST_EARLIER, Plan, make_plan
from topology.definitions.published import NOTHING_LIVE, LiveDefinitions, PublishedDefinition
from topology.topics import TopicPlan

AT = "2026-11-23T10:00:00Z"
NO_TOPICS = TopicPlan((), ())


def body(count: object = 1) -> dict[str, object]:
    """A segment's body with a number that can differ."""
    return {"kind": "segment", "id": "a", "filter": {"events.x.count": {"conditions": {"$is": [count]}}}}


def checked(
    *bodies: dict[str, object], events: dict[str, dict[str, object]] | None = None
) -> CheckedDefinitions:
    """A directory with these segments and events; only bodies matter for a plan."""
    definitions = tuple(Definition("segment", str(each["id"]), 1, each) for each in bodies)
    return CheckedDefinitions(definitions, events or {}, Catalog({}), compile_ruleset([], {}))


def live(*published: PublishedDefinition) -> LiveDefinitions:
    """These definitions, live."""
    return LiveDefinitions({each.key: each for each in published}, 9)


def actions(plan: Plan) -> list[tuple[str, str, int]]:
    """What happens to which definition, and the version after it."""
    return [(change.action, change.key, change.version) for change in plan.changes]


def test_what_is_not_live_is_created_with_version_one() -> None:
    """The first version is 1."""
    plan = make_plan(checked(body()), NOTHING_LIVE, NO_TOPICS)
    assert actions(plan) == [("create", "segment/a", 1)]
    assert plan.differs


def test_what_differs_gets_the_next_version_and_says_where() -> None:
    """The difference names the path, the old and the new value."""
    plan = make_plan(checked(body(2)), live(PublishedDefinition("segment", "a", 6, body(1), AT)), NO_TOPICS)
    assert actions(plan) == [("update", "segment/a", 7)]
    assert plan.changes[0].differences == ((("filter", "events.x.count", "conditions", "$is", 0), 1, 2),)


def test_of_a_list_it_says_who_came_and_who_went() -> None:
    """Beside whatever else differs in the segment."""
    old: dict[str, object] = {"kind": "segment", "id": "a", "name": "A", "customers": ["ann", "bob"]}
    new: dict[str, object] = {"kind": "segment", "id": "a", "name": "B", "customers": ["bob", "eve"]}
    plan = make_plan(checked(new), live(PublishedDefinition("segment", "a", 1, old, AT)), NO_TOPICS)
    assert [tuple(each) for each in plan.changes[0].differences] == [
        (("customers", "added"), ABSENT, ["eve"]),
        (("customers", "removed"), ["ann"], ABSENT),
        (("name",), "A", "B"),
    ]


def test_what_is_the_same_keeps_its_version() -> None:
    """The order of keys means nothing, and a plan without changes says so."""
    turned = dict(reversed(body().items()))
    plan = make_plan(checked(turned), live(PublishedDefinition("segment", "a", 6, body(), AT)), NO_TOPICS)
    assert actions(plan) == [("unchanged", "segment/a", 6)]
    assert not plan.differs
    assert plan.effective == ()


def test_a_number_is_not_the_truth_value_that_python_takes_for_it() -> None:
    """1 and true are different definitions."""
    count = True
    plan = make_plan(
        checked(body(count)), live(PublishedDefinition("segment", "a", 1, body(1), AT)), NO_TOPICS
    )
    assert actions(plan) == [("update", "segment/a", 2)]


def test_what_is_no_longer_written_is_deleted() -> None:
    """The directory is the whole truth; the version that goes is shown."""
    plan = make_plan(checked(), live(PublishedDefinition("segment", "a", 6, body(), AT)), NO_TOPICS)
    assert actions(plan) == [("delete", "segment/a", 6)]
    assert plan.changes[0].body is None


def test_events_come_first() -> None:
    """Event definitions are planned like the others, before what refers to them."""
    document: dict[str, object] = {"type": "record", "name": "refund", "fields": []}
    plan = make_plan(checked(body(), events={"refund": document}), NOTHING_LIVE, NO_TOPICS)
    assert actions(plan) == [("create", "event/refund", 1), ("create", "segment/a", 1)]


def event(*names: str) -> dict[str, object]:
    """An event's definition with these attributes."""
    fields = [{"name": name, "type": "long"} for name in names]
    return {"type": "record", "name": "visit", "fields": fields}


def test_past_versions_of_an_event_are_kept_with_it() -> None:
    """Each once, the oldest first, and none that is the present one again: producers may still write with them."""
    first, second = event("a"), event("a", "b")
    held = PublishedDefinition("event", "visit", 2, second, AT, (first,))
    third = make_plan(checked(events={"visit": event("c")}), live(held), NO_TOPICS)
    assert third.changes[0].earlier == (first, second)
    back = make_plan(checked(events={"visit": first}), live(held), NO_TOPICS)
    assert back.changes[0].earlier == (second,)


def test_past_versions_are_bounded() -> None:
    """The record of an event that is changed all the time still fits on its topic."""
    past = tuple(event(f"a{number}") for number in range(MOST_EARLIER))
    held = PublishedDefinition("event", "visit", 101, event("b"), AT, past)
    plan = make_plan(checked(events={"visit": event("c")}), live(held), NO_TOPICS)
    assert plan.changes[0].earlier == (*past[1:], event("b"))


def test_past_versions_of_other_definitions_are_not_kept() -> None:
    """Nobody writes with a segment."""
    plan = make_plan(checked(body(2)), live(PublishedDefinition("segment", "a", 6, body(1), AT)), NO_TOPICS)
    assert plan.changes[0].earlier == ()
