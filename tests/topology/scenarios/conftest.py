"""Scenarios written in a test, and the ground that they stand on."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from schemas.catalog import Catalog
from streams.domain.definitions import Definition
from topology.scenarios.ground import Ground, Stage
from topology.scenarios.reading import read_scenarios
from topology.scenarios.running import Verdict, run

VISIT = {"type": "record", "name": "visit", "fields": [{"name": "seconds", "type": "long", "min": 1}]}
Judge = Callable[[str], list[Verdict]]


def defined(kind: Any, name: str, **body: Any) -> Definition:
    """A definition of version 1."""
    return Definition(kind, name, 1, {"kind": kind, "id": name, **body})


STAGE = Stage(
    Ground(
        Catalog.from_documents({"visit": VISIT}),
        (
            defined("segment", "regulars", filter="count(visit) > 1"),
            defined("segment", "recent", filter="last(visit) < 5"),
            defined(
                "distribution",
                "welcome",
                trigger={"segment_entered": "regulars"},
                message={"to": "{{customer.name}}"},
            ),
            defined(
                "earning_rule",
                "visits",
                campaign="club",
                trigger={"event": "visit"},
                points={"type": "fixed", "value": 10},
            ),
        ),
    )
)
"""Two segments, a message and points over visits."""


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """What becomes of the scenarios in a text."""

    def judged(text: str) -> list[Verdict]:
        file = tmp_path / "s.scenario.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return [run(scenario, STAGE) for scenario in read_scenarios(file)]

    return judged
