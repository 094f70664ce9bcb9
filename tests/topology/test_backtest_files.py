"""What a backtest comes to, in numbers and on disk."""

import json
from pathlib import Path

import pytest

from schemas.rejections import Fault, rejected
from streams.domain.effects import (
    CascadeCut,
    Cause,
    MessageSuppressed,
    MessageTriggered,
    PointsGranted,
    Published,
    SegmentChanged,
)
from streams.domain.identities import (
    CampaignId,
    CardId,
    CustomerId,
    DistributionId,
    EarningRuleId,
    EventName,
    RecordId,
    SegmentId,
)
from streams.domain.instants import DAY, Instant, Milliseconds
from streams.domain.internal_events import internally
from streams.domain.internal_names import POINTS_ADDED
from streams.domain.reactions import Moment
from streams.domain.ruleset import compile_ruleset
from streams.domain.state import NEW_CUSTOMER, Membership, Occurrence
from streams.engine.errors import ConfigurationError
from topology.backtest import Decided, Outcome
from topology.backtest_files import Bounds, summarise, write_records, write_summary
from topology.history import History, Refused
from topology.lines import Line

AT = Instant(DAY)
CUSTOMER = CustomerId("c")


def entered(cause: Cause = "event") -> SegmentChanged:
    """A customer entered."""
    return SegmentChanged(RecordId("r"), 1, SegmentId("s"), 1, "entered", cause, AT, None)


def granted(points: int) -> PointsGranted:
    """Points of one rule."""
    club, card, rule = CampaignId("club"), CardId("card"), EarningRuleId("rule")
    return PointsGranted(RecordId("r"), 1, club, card, rule, 1, points, points, None, AT)


TRIGGERED = MessageTriggered(
    RecordId("r"), 1, DistributionId("d"), 1, {}, "event", "event", None, None, {}, AT, None
)


PAUSED = MessageSuppressed(
    *TRIGGERED[:4], "event", "event", None, None, reason="paused", until=None, occurred_at=AT
)
HELD_BACK = [PAUSED, PAUSED._replace(reason="once"), PAUSED]


def outcome(*effects: Published) -> Outcome:
    """One customer who is in segment s, and what was decided."""
    occurrence = {EventName("visit"): Occurrence(1, AT, AT)}
    state = NEW_CUSTOMER._replace(occurrences=occurrence, segments={SegmentId("s"): Membership(1, AT)})
    decided = [Decided(AT, CUSTOMER, number, effect) for number, effect in enumerate(effects)]
    return Outcome({CUSTOMER: state, CustomerId("silent"): NEW_CUSTOMER}, decided, duplicates=1, applied=3)


def test_the_summary_adds_up_by_definition() -> None:
    """Segments by change and cause, messages and what was held back by distribution, points by rule."""
    found = summarise(
        History([], []),
        outcome(entered(), entered("time"), entered(), TRIGGERED, granted(5), granted(7), *HELD_BACK),
        compile_ruleset([], {}),
        Bounds(AT, Instant(2 * DAY)),
        seconds=2.0,
    )
    assert found["segments"] == {"s": {"members": 1, "entered": {"event": 2, "time": 1}, "left": {}}}
    assert found["triggers"] == {"d": 1}
    assert found["suppressed"] == {"d": {"once": 1, "paused": 2}}
    assert found["points"] == {"rule": {"grants": 2, "points": 12}}
    assert (found["customers"], found["events"]["accepted"], found["events"]["duplicates"]) == (1, 2, 1)
    assert (found["from"], found["to"]) == ("1970-01-02T00:00:00Z", "1970-01-03T00:00:00Z")


def test_each_kind_of_record_has_its_file(tmp_path: Path) -> None:
    """One line a record; what is emitted bears the time of its occurrence, a rejection the end of the history."""
    refused = Refused(Line(9, b"{}"), rejected([Fault("invalid_envelope", "event", "a name", "nothing")]))
    end = Instant(3 * DAY)
    write_records(
        tmp_path / "out",
        outcome(entered(), TRIGGERED, *HELD_BACK[:1], granted(5)),
        [refused],
        "f.ndjson",
        end,
    )
    written = {
        file.name: json.loads(file.read_text(encoding="utf-8")) for file in (tmp_path / "out").iterdir()
    }
    assert written["segment-changes.ndjson"]["emitted_at"] == "1970-01-02T00:00:00Z"
    assert written["distribution-triggers.ndjson"]["distribution_id"] == "d"
    assert written["distribution-suppressions.ndjson"]["reason"] == "paused"
    assert written["point-events.ndjson"]["balance"] == 5
    assert written["rejected-events.ndjson"]["rejected_at"] == "1970-01-04T00:00:00Z"
    assert written["rejected-events.ndjson"]["offset"] == 9


def test_a_cascade_that_was_cut_stands_among_the_rejections(tmp_path: Path) -> None:
    """Behind the lines that were no events, and in the summary."""
    told = internally(POINTS_ADDED, CUSTOMER, {"points": 1}, Moment("m", AT, Milliseconds(0)), "event")
    found = outcome()
    found.cut.append(CascadeCut(told.event, 2))
    write_records(tmp_path, found, [], "f.ndjson", AT)
    record = json.loads((tmp_path / "rejected-events.ndjson").read_text(encoding="utf-8"))
    assert (record["reason"], record["topic"], record["event"]) == (
        "cascade_too_deep",
        "internal-events",
        POINTS_ADDED,
    )
    summary = summarise(History([], []), found, compile_ruleset([], {}), Bounds(AT, AT), 1.0)
    assert summary["cascades_cut"] == 1


def test_a_summary_is_a_json_document_that_ends_in_a_newline(tmp_path: Path) -> None:
    """It can be read by any tool, and by a person."""
    write_summary(tmp_path, {"a": {"b": 1}})
    assert (tmp_path / "summary.json").read_text(encoding="utf-8") == '{\n  "a": {\n    "b": 1\n  }\n}\n'


def test_a_directory_that_cannot_be_written_is_the_operators_mistake(tmp_path: Path) -> None:
    """A file stands where the directory should be."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_records(tmp_path / "out", outcome(), [], "f.ndjson", AT)
