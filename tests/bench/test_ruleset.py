import json
from pathlib import Path

import pytest

from tests.bench.ruleset import SHIPPED, Shape, definitions, event_types, write_definitions
from topology.definitions.directory import check_directory
from topology.settings import Settings


@pytest.mark.parametrize("segments", [10, 20, 100, 1_000])
def test_definitions_of_any_size_compile(tmp_path: Path, segments: int) -> None:
    """As many segments as were asked for, ten distributions and five earning rules; all are accepted."""
    kinds = [body["kind"] for body in definitions(Shape(segments))]
    assert {kind: kinds.count(kind) for kind in ("segment", "distribution", "earning_rule")} == {
        "segment": segments,
        "distribution": 10,
        "earning_rule": 5,
    }
    check_directory(write_definitions(tmp_path, Shape(segments)), Settings())


@pytest.mark.parametrize("segments", [10, 20, 100])
def test_an_event_touches_three_segments(segments: int) -> None:
    """Every event type is spoken of by exactly three segments, however many there are."""
    filters = [
        json.dumps(body["filter"]) for body in definitions(Shape(segments)) if body["kind"] == "segment"
    ]
    for event in event_types(segments):
        assert sum(f'"events.{event}.' in text for text in filters) == 3


def test_more_segments_are_about_more_event_types() -> None:
    """The types that come with Tidemark are first, and the first types stay the same."""
    assert event_types(10) == list(SHIPPED[:3])
    assert event_types(20) == [*SHIPPED, "touchpoint_006"]
    assert len(event_types(1_000)) == 333
