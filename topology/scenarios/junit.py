"""The outcome of scenarios as JUnit XML, which every CI server reads.

Decides what stands for what: a file is a suite, a scenario a test case, and what is not as it says a failure.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from topology.printable import printable
from topology.scenarios.running import Verdict
from topology.scenarios.verdict_text import verdict_text


class Timed(NamedTuple):
    """A verdict, and how long it took."""

    verdict: Verdict
    seconds: float


def junit_xml(timed: Sequence[Timed]) -> bytes:
    """The document."""
    root = Element("testsuites", _counts(timed))
    for file, group in groupby(timed, key=lambda each: each.verdict.scenario.place.file):
        members = list(group)
        suite = SubElement(root, "testsuite", {"name": file, **_counts(members)})
        for verdict, seconds in members:
            _case(suite, file, verdict, seconds)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _case(suite: Element, file: str, verdict: Verdict, seconds: float) -> None:
    scenario = verdict.scenario
    named = {
        "name": printable(scenario.name),
        "classname": file.removesuffix(".yaml").removesuffix(".yml").replace("/", "."),
        "file": file,
        "line": str(scenario.place.line),
        "time": f"{seconds:.4f}",
    }
    case = SubElement(suite, "testcase", named)
    if not verdict.holds:
        differences = len(verdict.mismatches)
        message = f"{differences} record{'' if differences == 1 else 's'} not as written"
        SubElement(case, "failure", {"message": message, "type": "mismatch"}).text = verdict_text(verdict)


def _counts(timed: Sequence[Timed]) -> dict[str, str]:
    return {
        "tests": str(len(timed)),
        "failures": str(sum(1 for each in timed if not each.verdict.holds)),
        "errors": "0",
        "time": f"{sum(each.seconds for each in timed):.4f}",
    }
