"""Installations of a test's own, and definitions to apply to them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from topology.settings import Settings


class Kafka(Protocol):
    """What the broker's fixture gives."""

    @property
    def bootstrap(self) -> str:
        """The broker's address."""


@pytest.fixture
def settings(kafka: Kafka, topic_prefix: str) -> Settings:
    """An installation that nobody else uses, on the broker of the run."""
    return Settings(bootstrap=kafka.bootstrap, topic_prefix=topic_prefix, partitions=3)


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same installation, as commands find it in their environment."""
    monkeypatch.setenv("TIDEMARK_BOOTSTRAP", settings.bootstrap)
    monkeypatch.setenv("TIDEMARK_TOPIC_PREFIX", settings.topic_prefix)
    monkeypatch.setenv("TIDEMARK_PARTITIONS", str(settings.partitions))
    return settings


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A directory with an event, a segment over it and a distribution."""
    directory = tmp_path / "definitions"
    directory.mkdir()
    write_event(directory)
    write_segment(directory, at_least=2)
    (directory / "thanks.yaml").write_text(
        "kind: distribution\nid: thanks\ntrigger: {segment_entered: regulars}\n"
        "message: {channel: email, template: thanks}\nstatus: live\n",
        encoding="utf-8",
    )
    return directory


def write_event(directory: Path, name: str = "visit", **more: object) -> None:
    """An event definition with one mandatory attribute."""
    fields = [{"name": "seconds", "type": "double", **more}]
    document = {"type": "record", "name": name, "fields": fields}
    (directory / f"{name}.avsc").write_text(json.dumps(document), encoding="utf-8")


def write_segment(directory: Path, *, at_least: int) -> None:
    """A segment of those who visited often enough."""
    (directory / "regulars.yaml").write_text(
        "kind: segment\nid: regulars\nfilter:\n  junction: and\n"
        f"  events.visit.count: {{conditions: {{$more_than_or_equal: [{at_least}]}}}}\n",
        encoding="utf-8",
    )


def visit(customer: str, at: str, **more: Any) -> Mapping[str, Any]:
    """A visit, as a line of a file."""
    who = {"source_id": customer}
    return {"event": "visit", "customer": who, "occurred_at": at, "metadata": {"seconds": 5}, **more}


def write_lines(file: Path, *lines: object) -> str:
    """Write NDJSON; a text is written as it is."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return str(file)
