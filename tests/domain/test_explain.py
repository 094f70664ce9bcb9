from collections.abc import Iterator
from typing import Any

from streams.domain.explain import Explained, ExplainedCondition, ExplainedSegment, explain
from streams.domain.facts import Facts
from streams.domain.identities import SegmentId
from streams.domain.instants import DAY
from tests.domain.writing import compiled, facts, segment


def explained(known: Facts, name: str = "s", /, **filters: str) -> ExplainedSegment:
    """Why the customer is in ``name`` or not, among segments with these expressions."""
    ruleset = compiled(*(segment(one, text) for one, text in filters.items()))
    return explain(ruleset.segments[SegmentId(name)], known, ruleset.segments)


def answers(part: Explained | None) -> Iterator[tuple[str, bool, int | None]]:
    """Each part with its answer and when that changes: a condition by its text, a group by its junction."""
    assert part is not None
    if isinstance(part, ExplainedCondition):
        yield part.text, part.holds, part.changes_at
        return
    yield (
        f"{'not ' if part.negated else ''}{'or' if part.alternative else 'and'}",
        part.holds,
        part.changes_at,
    )
    for member in part.members:
        yield from answers(member)


def values(part: Explained | None) -> list[Any]:
    """What the conditions see, in order."""
    assert part is not None
    return (
        [part.value] if isinstance(part, ExplainedCondition) else [v for m in part.members for v in values(m)]
    )


def test_each_condition_is_explained() -> None:
    """Each condition tells what it sees, what it answers and when time alone changes that; so does the whole."""
    known = facts(
        {"visit": (3, 0, 10 * DAY), "review": (2, 5 * DAY, 9 * DAY)},
        {"metadata": {"level": "Silver"}},
        now=13 * DAY,
    )
    why = explained(
        known, s='count(review) > 1 and last(visit) < 5 and first(visit) > 20 and metadata.level in ("Gold")'
    )
    assert list(answers(why.filter)) == [
        ("and", False, None),
        ("count(review) > 1", True, None),
        ("last(visit) < 5", True, 15 * DAY),
        ("first(visit) > 20", False, 21 * DAY),
        ('metadata.level in ("Gold")', False, None),
    ]
    assert values(why.filter) == [2, 3, 13, "Silver"]
    assert (why.inside, why.since, why.changes_at, why.looked_until) == (False, None, None, None)


def test_a_group_changes_when_its_members_do_so_together() -> None:
    """A group's answer changes when its members first give another one together, not when the first of them changes."""
    known = facts({"visit": (1, 0, 0), "review": (1, 0, 0)}, now=DAY)
    assert list(answers(explained(known, s="last(visit) < 5 and last(review) >= 4").filter)) == [
        ("and", False, 4 * DAY),
        ("last(visit) < 5", True, 5 * DAY),
        ("last(review) >= 4", False, 4 * DAY),
    ]
    assert explained(known, s="last(visit) < 4 and last(review) >= 4").changes_at is None
    assert explained(known, s="last(visit) < 4 or last(review) >= 4").changes_at is None
    assert explained(known, s="last(visit) < 4 or last(review) >= 5").changes_at == 4 * DAY
    assert explained(known, s="not (last(visit) < 4 or last(review) >= 5)").changes_at == 4 * DAY


def test_groups_within_groups() -> None:
    """Parts are told in the order of the filter, groups as such."""
    known = facts({"visit": (1, 0, 0)}, now=DAY)
    why = explained(known, s="name has_value or not (last(visit) < 3 and email is_unknown)")
    assert list(answers(why.filter)) == [
        ("or", False, 3 * DAY),
        ("name has_value", False, None),
        ("not and", False, 3 * DAY),
        ("last(visit) < 3", True, 3 * DAY),
        ("email is_unknown", True, None),
    ]


def test_occurrences_are_told() -> None:
    """A condition on days tells since which occurrence they are counted; none for who never did it."""
    known = facts({"visit": (2, DAY, 4 * DAY)}, now=6 * DAY)
    parts = explained(known, s="first(visit) = 5 and last(visit) = 2 and last(review) = 0").filter
    assert parts is not None
    seen = [(m.value, m.occurred_at) for m in parts.members if isinstance(m, ExplainedCondition)]
    assert seen == [(5, DAY), (2, 4 * DAY), (None, None)]


def test_time_moves_the_segments_that_are_referred_to() -> None:
    """A segment changes when time alone changes one that it refers to, near or far."""
    filters = {
        "lapsed": "last(visit) > 3",
        "lost": 'segment in ("lapsed") and last(visit) > 6',
        "s": 'count(review) > 0 and segment not in ("lost")',
    }
    known = facts({"visit": (1, 0, 0), "review": (1, 0, 0)}, segments=("s",), now=DAY)
    why = explained(known, "s", **filters)
    assert (why.inside, why.changes_at) == (True, 7 * DAY)
    assert list(answers(why.filter))[1:] == [
        ("count(review) > 0", True, None),
        ('segment not in ("lost")', True, 7 * DAY),
    ]
    assert values(why.filter) == [1, []]
    later = explained(facts({"visit": (1, 0, 0)}, segments=("lapsed", "lost"), now=9 * DAY), "s", **filters)
    assert (values(later.filter), later.changes_at) == ([0, ["lost"]], None)


def test_a_list_is_not_changed_by_time() -> None:
    """Of a static segment there is only to say whether the customer is in it, and since when."""
    ruleset = compiled(segment("s", type="static", customers=["c-42"]))
    why = explain(ruleset.segments[SegmentId("s")], facts(segments=("s",)), ruleset.segments)
    assert why[1:] == (True, 0, None, None, None)


def test_how_far_is_looked_is_bounded() -> None:
    """After a thousand instants without another answer it is told how far was looked."""
    days = [range(200 * index, 200 * index + 199) for index in range(6)]
    filters = {f"f{i}": " or ".join(f"last(visit) = {n}" for n in numbers) for i, numbers in enumerate(days)}
    text = f"count(review) > 0 and segment in {tuple(filters)}".replace("'", '"')
    why = explained(facts({"visit": (1, 0, 0)}, segments=("f0",)), "s", s=text, **filters)
    assert (why.changes_at, why.looked_until) == (None, 1000 * DAY)


def test_a_chain_of_segments_changes_at_once() -> None:
    """A deadline at its beginning is foretold at every link, however far away."""
    filters = {f"s{n:03}": f'not segment = "s{n - 1:03}"' for n in range(1, 60)}
    odd = tuple(f"s{n:03}" for n in range(0, 60, 2))
    known = facts({"visit": (1, 0, 0)}, segments=odd)
    for name in ("s001", "s030", "s059"):
        why = explained(known, name, s000="last(visit) < 5", **filters)
        assert (why.inside, why.changes_at, why.looked_until) == (name in odd, 5 * DAY, None)
