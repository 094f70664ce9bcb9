"""Whom a plan would move: the question, the sum of the answers, and the table."""

from collections.abc import Mapping
from typing import Any

from schemas.catalog import Catalog
from topology.asking.gathering import Gathered
from topology.asking.preview import (
    Movement,
    Preview,
    asked,
    nobody_known,
    preview_document,
    preview_text,
    summed,
)
from topology.definitions.plan import Change, Plan
from topology.definitions.published import NOTHING_LIVE
from topology.topics import TopicPlan

VISIT = {"type": "record", "name": "visit", "fields": [{"name": "seconds", "type": "double"}]}
PLAN = Plan(
    (
        Change("create", "event", "visit", 1, VISIT, ()),
        Change("delete", "event", "call", 1, None, ()),
        Change("create", "distribution", "thanks", 1, {"x": 1}, ()),
        Change("create", "segment", "new", 1, {"n": 1}, ()),
        Change("delete", "segment", "old", 3, None, ()),
        Change("unchanged", "segment", "others", 1, {"o": 1}, ()),
        Change("unchanged", "segment", "same", 1, {"s": 1}, ()),
        Change("update", "segment", "visitors", 5, {"v": 1}, ()),
    ),
    TopicPlan((), ()),
    NOTHING_LIVE,
)


def counts(**segments: tuple[int, int, int, int]) -> Mapping[str, Any]:
    """What one partition of ten customers says."""
    names = ("before", "after", "entered", "left")
    named = {name: dict(zip(names, its, strict=True)) for name, its in segments.items()}
    return {"customers": 10, "segments": named}


def test_what_there_would_be_is_asked_about() -> None:
    """Segments with the versions that they would have, deleted ones left out, over the events that there would be."""
    base = Catalog.from_documents(
        {"view": {"type": "record", "name": "view", "fields": [], "additional": True}}
    )
    assert asked(PLAN, base) == {
        "definitions": [
            ("segment", "new", 1, {"n": 1}),
            ("segment", "others", 1, {"o": 1}),
            ("segment", "same", 1, {"s": 1}),
            ("segment", "visitors", 5, {"v": 1}),
        ],
        "events": {"view": ({}, True), "visit": ({"seconds": "number"}, False)},
    }


SEEN = summed(
    PLAN,
    Gathered(
        {
            0: counts(
                new=(0, 4, 4, 0),
                old=(2, 0, 0, 2),
                others=(5, 3, 1, 3),
                same=(6, 6, 0, 0),
                visitors=(1, 1, 1, 1),
            ),
            1: counts(
                new=(0, 3_000, 3_000, 0), others=(1, 1, 0, 0), same=(6, 6, 0, 0), visitors=(2, 0, 0, 2)
            ),
        },
        {2: "no worker has it"},
    ),
)


def test_partitions_are_added_up() -> None:
    """Touched segments are told even if nobody moves, others only if they move."""
    assert (
        Preview(
            20,
            (
                Movement("create", "new", 0, 3_004, 3_004, 0),
                Movement("delete", "old", 2, 0, 0, 2),
                Movement("unchanged", "others", 6, 4, 1, 3),
                Movement("update", "visitors", 3, 1, 1, 3),
            ),
            {2: "no worker has it"},
        )
        == SEEN
    )


def test_a_preview_reads_like_this() -> None:
    """With the signs of the plan."""
    assert preview_text(SEEN) == (
        "If it took over now, of 20 customers:\n"
        "\n"
        "  segment   are in  would be  enter  leave\n"
        "----------  ------  --------  -----  -----\n"
        "+ new       0       3,004     3,004  0\n"
        "- old       2       0         0      2\n"
        "  others    6       4         1      3\n"
        "~ visitors  3       1         1      3"
    )


def test_if_nobody_would_move_that_is_said() -> None:
    """In place of an empty table."""
    assert preview_text(Preview(20, (), {})) == "No segment changes, so none of 20 customers would move."


def test_before_there_are_customers_nobody_moves() -> None:
    """The segments that would come to be are told."""
    assert [(each.segment_id, each.entered) for each in nobody_known(PLAN).movements] == [
        ("new", 0),
        ("old", 0),
        ("visitors", 0),
    ]


def test_a_preview_as_json() -> None:
    """What is missing stands in it, too."""
    document = preview_document(SEEN)
    assert document["missing"] == [{"partition": 2, "reason": "no worker has it"}]
    assert document["segments"][1] == {
        "action": "delete", "segment_id": "old", "before": 2, "after": 0, "entered": 0, "left": 2
    }  # fmt: skip
