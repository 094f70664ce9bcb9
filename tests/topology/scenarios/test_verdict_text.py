from xml.etree import ElementTree as ET

import pytest

from tests.topology.scenarios.conftest import Judge
from topology.scenarios.junit import Timed, junit_xml
from topology.scenarios.running import Verdict
from topology.scenarios.verdict_text import summary_text, verdict_text

WRITTEN = """\
case: Two records are not as written, and one is missing.
when:
  - {id: v1, event: visit, customer: {source_id: c-1}, occurred_at: 2026-03-01T10:00:00Z, metadata: {seconds: 5}}
  - {id: v2, event: vist, customer: {source_id: c-1}, occurred_at: 2026-03-01T10:00:00Z}
then:
  segment-changes:
    - {segment_id: recent, change: left}
    - {segment_id: regulars, change: entered}
  point-events: [{points: 10}]
"""
TOLD = """\
FAILED s.scenario.yaml:1:1: Two records are not as written, and one is missing.
  segment-changes[0] of c-1: came otherwise, s.scenario.yaml:7:7
        segment_id: "recent"
      - change: expected "left"
      + change: found "entered"
      came of when[0], line 3
  segment-changes[1] of c-1: did not come, s.scenario.yaml:8:7
      - expected segment_id: "regulars", change: "entered"
  rejected-events: not expected
      + found reason: "undefined_event", path: "event", expected: "the name of a defined event; did you mean visit?", \
found: "text \\"vist\\"", event: "vist", customer_id: "c-1"
      came of when[1], line 4"""


@pytest.fixture
def verdicts(judge: Judge) -> list[Verdict]:
    """One that does not hold, and one that does."""
    return judge(f"{WRITTEN}---\ncase: Nothing happens.\n")


def told(verdict: Verdict) -> str:
    """The text, without the directory of the file."""
    text = verdict_text(verdict)
    return text.replace(verdict.scenario.place.file, "s.scenario.yaml")


def test_each_difference_is_told_with_both_places(verdicts: list[Verdict]) -> None:
    """Where the record is written, and which step brought about what came instead."""
    assert told(verdicts[0]) == TOLD


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (slice(0, 1), "1 of 1 scenario does not hold, in 0.50 s."),
        (slice(0, 2), "1 of 2 scenarios does not hold, in 0.50 s."),
        (slice(1, 2), "1 scenario holds, in 0.50 s."),
    ],
)
def test_the_summary_counts(verdicts: list[Verdict], chosen: slice, words: str) -> None:
    """How many of how many do not hold."""
    assert summary_text(verdicts[chosen], 0.5) == words


def test_servers_read_the_outcome_as_junit(verdicts: list[Verdict]) -> None:
    """A file is a suite, a scenario a test case, and a failure holds the text that a person reads."""
    root = ET.fromstring(junit_xml([Timed(each, 0.25) for each in verdicts]))  # noqa: S314  our own
    (suite,) = root
    file = verdicts[0].scenario.place.file
    assert {key: suite.attrib[key] for key in ("name", "tests", "failures", "time")} == {
        "name": file,
        "tests": "2",
        "failures": "1",
        "time": "0.5000",
    }
    failed, held = suite
    assert (failed.attrib["name"], failed.attrib["line"]) == (verdicts[0].scenario.name, "1")
    assert failed[0].attrib["message"] == "3 records not as written"
    assert failed[0].text == verdict_text(verdicts[0])
    assert len(held) == 0
