"""The project's corpus: scenarios in the form of ``topology/scenarios``, on no ground but their own.

A case may run through Kafka as well, on a partition of its own, so all events of one belong to one customer.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from schemas.catalog import INTERNAL_DIRECTORY, load_catalog
from topology.scenarios.ground import Ground, Stage
from topology.scenarios.reading import read_scenarios
from topology.scenarios.scenario import Scenario as Case

__all__ = ["STAGE", "TOPICS", "Case", "PlainLoader", "cases_of", "compared"]

STAGE = Stage(Ground(load_catalog([INTERNAL_DIRECTORY])))
"""Nothing is defined but what a case defines, and internal events."""

TOPICS = ("segment-changes", "distribution-triggers", "distribution-suppressions", "point-events")
"""The topics whose records tell from which definition they come, so that cases can share a broker."""


def cases_of(directory: Path) -> Iterator[tuple[str, Case]]:
    """Every case under a directory, with the name of its file."""
    for file in sorted(directory.glob("*.yaml")):
        for case in read_scenarios(file):
            yield file.stem, case


def compared(produced: Sequence[dict[str, Any]], expected: Sequence[Any]) -> list[dict[str, Any]]:
    """What was produced, cut down to the fields that the expected record in the same place names."""
    named = [set(record) for record in expected] + [set(produced[0])] * len(produced) if produced else []
    return [{key: record.get(key) for key in keys} for record, keys in zip(produced, named, strict=False)]


class PlainLoader(yaml.SafeLoader):
    """Reads what JSON has: dates stay text, and so do ``on`` and ``off``."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), ["t", "f"])
