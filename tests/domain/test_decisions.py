from streams.domain.decisions import decide, redecide
from streams.domain.identities import SegmentId
from streams.domain.instants import Instant
from tests.domain.writing import compiled, facts, metric, segment

BOTH = compiled(
    segment("visited", metric("visit.count", more_than=0)),
    segment("over", {"segments": {"conditions": {"$in": ["visited"]}}}),
)


def test_nothing_moves_when_all_is_as_held() -> None:
    """The very same facts come back, and no moves."""
    known = facts({"visit": (1, 0, 0)}, segments=("visited", "over"))
    decided, moves = decide(BOTH.segments.values(), known, Instant(5), "event")
    assert decided is known
    assert list(moves) == []


def test_a_segment_sees_the_moves_before_it() -> None:
    """A segment over another is decided on the other's new membership."""
    decided, moves = decide(BOTH.segments.values(), facts({"visit": (1, 0, 0)}), Instant(5), "event")
    assert [(move.segment_id, move.change) for move in moves] == [("visited", "entered"), ("over", "entered")]
    assert decided.segments == {SegmentId("visited"): (1, 5, True), SegmentId("over"): (1, 5, True)}


def test_deciding_anew_begins_with_what_is_gone() -> None:
    """Removed segments are left first; then the others in order, new ones by backfill, edited ones by definition."""
    known = facts({"visit": (1, 0, 0)}, segments=("gone", "also-gone"), now=9)
    decided, moves = redecide(BOTH.segments.values(), known, frozenset({SegmentId("visited")}))
    assert [(move.segment_id, move.change, move.cause) for move in moves] == [
        ("also-gone", "left", "definition"),
        ("gone", "left", "definition"),
        ("visited", "entered", "backfill"),
        ("over", "entered", "definition"),
    ]
    assert decided.segments.keys() == {"visited", "over"}
