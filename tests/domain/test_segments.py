from itertools import pairwise

from streams.domain.identities import SegmentId
from tests.domain.writing import compiled, event, facts, faults_of, metric, segment


def referring(name: str, *others: str) -> dict[str, object]:
    """A filter over other segments."""
    return {"segments": {"conditions": {"$in": list(others)}}, "name": {"conditions": {"$is": name}}}


def test_order() -> None:
    """Segments come after those they refer to, near ones first, each distance in order of ids."""
    leaf = metric("visit.count", more_than=0)
    ruleset = compiled(
        segment("a", referring("a", "z", "m")),
        segment("z", leaf),
        segment("m", referring("m", "y")),
        segment("b", referring("b", "z")),
        segment("y", leaf),
    )
    assert list(ruleset.segments) == ["y", "z", "b", "m", "a"]


def test_long_chains_are_ordered_too() -> None:
    """A thousand segments, each over the next, are no trouble."""
    names = [f"s{number:04}" for number in range(1000)]
    chain = [segment(name, referring(name, other)) for name, other in pairwise(names)]
    ruleset = compiled(*chain, segment(names[-1], metric("visit.count", more_than=0)))
    assert list(ruleset.segments) == names[::-1]
    assert len(ruleset.plans[event().name].segments) == 1000


def test_a_segment_over_itself_is_refused() -> None:
    """The shortest cycle is one segment."""
    assert [(f.id, f.found) for f in faults_of(segment("a", referring("a", "a")))] == [("a", '"a → a"')]


def test_static_segments_are_lists() -> None:
    """A static segment holds for the customers listed, without a filter."""
    ruleset = compiled(
        segment("friends", type="static", customers=["c-1", "c-42"]),
        segment("none", type="static", customers=[]),
    )
    assert ruleset.segments[SegmentId("friends")].holds(facts())
    assert not ruleset.segments[SegmentId("none")].holds(facts())


def test_each_type_has_its_own_keys() -> None:
    """A list in a filtered segment, and a filter in a static one, are faults."""
    leaf = metric("visit.count", more_than=0)
    assert [f.path for f in faults_of(segment("a", leaf, customers=[]))] == [("customers",)]
    assert [f.path for f in faults_of(segment("b", leaf, type="static", customers=[]))] == [("filter",)]
    assert [f.path for f in faults_of(segment("c", type="static", customers="c-1"))] == [("customers",)]
    assert [f.hint for f in faults_of(segment("d", leaf, type="autoupdate"))] == ["did you mean auto-update?"]
