"""The demo says that stream and backtest agree only when they do."""

import json
from pathlib import Path

import pytest

from deploy.demo.comparison import Comparison, Difference, digest, read_expected
from deploy.demo.tally import CHANGES, OUTPUTS, POINTS, Record

LEFT: Record = {"id": "1", "change": "left", "emitted_at": "2026-01-01T00:00:00Z", "sequence": 4}


def test_records_that_differ_in_the_time_of_emission_alone_are_the_same() -> None:
    """``emitted_at`` and the order of fields do not count; everything else does."""
    assert digest(LEFT) == digest(
        {"sequence": 4, "change": "left", "id": "1", "emitted_at": "2027-01-01T00:00:00Z"}
    )
    assert digest(LEFT) != digest({**LEFT, "sequence": 5})


def test_agreement_leaves_nothing() -> None:
    """Every expected record came once, and nothing else."""
    comparison = Comparison({(CHANGES, "1"): digest(LEFT)})
    comparison.take(CHANGES, {**LEFT, "emitted_at": "later"})
    assert comparison.outstanding == 0
    assert list(comparison.differences()) == []


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ([], [Difference("missing", CHANGES, "1")]),
        ([(CHANGES, {**LEFT, "change": "entered"})], [Difference("different", CHANGES, "1")]),
        ([(CHANGES, LEFT), (CHANGES, LEFT)], [Difference("surplus", CHANGES, "1")]),
        ([(CHANGES, LEFT), (CHANGES, {**LEFT, "id": "2"})], [Difference("surplus", CHANGES, "2")]),
        ([(CHANGES, LEFT), (POINTS, LEFT)], [Difference("surplus", POINTS, "1")]),
    ],
    ids=["missing", "different", "twice", "unexpected", "on another topic"],
)
def test_every_kind_of_disagreement_is_found(
    stream: list[tuple[str, Record]], expected: list[Difference]
) -> None:
    """Missing, different, doubled and unexpected records are differences."""
    comparison = Comparison({(CHANGES, "1"): digest(LEFT)})
    for topic, record in stream:
        comparison.take(topic, record)
    assert list(comparison.differences()) == expected


def test_the_files_of_a_backtest_are_read_by_topic(tmp_path: Path) -> None:
    """Each file's records are expected on the topic of its name; a missing file is an error."""
    for topic in OUTPUTS:
        (tmp_path / f"{topic}.ndjson").write_text(json.dumps({**LEFT, "id": topic}) + "\n")
    assert read_expected(tmp_path) == {(topic, topic): digest({**LEFT, "id": topic}) for topic in OUTPUTS}
    with pytest.raises(FileNotFoundError):
        read_expected(tmp_path / "elsewhere")
