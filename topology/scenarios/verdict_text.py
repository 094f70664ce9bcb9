"""What is not as a scenario says, as a person reads it.

Decides wording and layout only: under the scenario's sentence, each record with its place, what was expected there and
what came.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from streams.domain.faults import ABSENT
from topology.printable import printable
from topology.scenarios.running import REFUSED, Mismatch, Verdict
from topology.scenarios.scenario import Scenario
from topology.scenarios.topics import REJECTED

_LONGEST = 160
_NOT_TOLD = frozenset({"id", "emitted_at", "customer_id", "key", "value", "headers", "faults"})
"""Fields that help nobody to recognise a record that was not expected."""
_TOLD_OF_REJECTED = ("reason", "path", "expected", "found", "event", "customer_id")


def verdict_text(verdict: Verdict) -> str:
    """The scenario and every difference, a few lines each."""
    scenario = verdict.scenario
    parts = [f"FAILED {scenario.place}: {printable(scenario.name)}"]
    parts += (_mismatch(scenario, each) for each in verdict.mismatches)
    return "\n".join(parts)


def summary_text(verdicts: Sequence[Verdict], seconds: float) -> str:
    """How many hold and how many do not."""
    failed = sum(1 for each in verdicts if not each.holds)
    took = f"in {seconds:.2f} s"
    if not failed:
        return f"{_count(len(verdicts))} {'holds' if len(verdicts) == 1 else 'hold'}, {took}."
    return f"{failed} of {_count(len(verdicts))} {'does' if failed == 1 else 'do'} not hold, {took}."


def _count(number: int) -> str:
    return f"{number:,} scenario{'' if number == 1 else 's'}"


def _mismatch(scenario: Scenario, mismatch: Mismatch) -> str:
    lines = [f"  {_heading(scenario, mismatch)}"]
    lines += (f"      {printable(line)}" for line in _told(mismatch))
    if mismatch.step is not None:
        key, _, index = mismatch.step.rstrip("]").partition("[")
        lines.append(f"      came of {mismatch.step}, line {scenario.locate(key, int(index)).line}")
    return "\n".join(lines)


def _heading(scenario: Scenario, mismatch: Mismatch) -> str:
    """Which record of which list, and where it is written."""
    topic, index = mismatch.topic, mismatch.pair.expected
    whose = f" of {printable(mismatch.customer)}" if mismatch.customer else ""
    if index is None:
        return f"{topic}{whose}: not expected"
    path = (topic, index) if topic == REFUSED else ("then", topic, index)
    kind = "came otherwise" if mismatch.found is not None else "did not come"
    return f"{topic}[{index}]{whose}: {kind}, {scenario.locate(*path)}"


def _told(mismatch: Mismatch) -> Iterator[str]:
    expected, found = mismatch.expected, mismatch.found
    if expected is None or found is None:
        for sign, record in (("- expected", expected), ("+ found", found)):
            if record is not None:
                yield f"{sign} {_record(mismatch.topic, record, whole=record is expected)}"
        return
    known_by = _known_by(expected, mismatch)
    if known_by:
        yield f"  {known_by}"
    for path, wanted, came in mismatch.pair.differences:
        yield f"- {path}: expected {_value(wanted)}"
        yield f"+ {path}: found {_value(came)}"


def _known_by(expected: Mapping[str, Any], mismatch: Mismatch) -> str:
    """The fields of a record that are as expected, by which it is recognised."""
    wrong = {each.path.partition(".")[0] for each in mismatch.pair.differences}
    return _record(mismatch.topic, {key: expected[key] for key in expected if key not in wrong}, whole=True)


def _record(topic: str, record: Mapping[str, Any], *, whole: bool) -> str:
    if not whole and topic == REJECTED:
        record = {key: record[key] for key in _TOLD_OF_REJECTED}
    elif not whole:
        record = {key: value for key, value in record.items() if key not in _NOT_TOLD}
    return ", ".join(f"{key}: {_value(value)}" for key, value in record.items())


def _value(value: object) -> str:
    """A value as JSON, cut when it is long."""
    if value is ABSENT:
        return "nothing"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
