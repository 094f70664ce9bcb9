"""Programs that send an event: what they send is the event, keyed by its customer."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient

from schemas.avro_wire import wire_schema
from schemas.catalog import EVENTS_DIRECTORY, load_catalog
from schemas.examples import example_event
from schemas.json_values import JsonObject
from schemas.wire import Decoded, EventReader
from tests.broker.installation import Installation
from topology.avro_snippet import avro_snippet
from topology.settings import Settings
from topology.snippets import LANGUAGES, Destination, snippet
from topology.topics import ensure_topics, topics_of

CATALOG = load_catalog([EVENTS_DIRECTORY])
HERE = Destination("broker-1:9092,broker-2:9092", "shop.custom-events", "http://gateway:8080")
AWKWARD: JsonObject = {
    "id": 'back`tick "quoted" \\ ${x} %s',
    "event": "e",
    "customer": {"source_id": "ż-1"},
    "metadata": {
        "text": 'ends with a quote"',
        "lines": "a\nb",
        "nothing": None,
        "yes": True,
        "list": [],
        "n": 1.5,
    },
}

EMBEDDED = {
    "json": r"\A(.*)\Z",
    "java": r'"""\n(.*?)"""',
    "go": r"const event = `(.*?)`",
    "node": r"const event = (.*?);\n\n",
    "curl": r"<<'EVENT'\n(.*)\nEVENT\n",
}
"""Where the event stands in a program."""


def embedded(language: str, program: str) -> Any:
    """The event that a program holds, unescaped as its language does."""
    found = re.search(EMBEDDED[language], program, re.DOTALL)
    assert found is not None
    return json.loads(found[1].replace("\\\\", "\\") if language == "java" else found[1])


@pytest.mark.parametrize("language", EMBEDDED)
@pytest.mark.parametrize("event", [AWKWARD, *(example_event(each) for each in CATALOG.definitions.values())])
def test_the_event_in_a_program_is_the_event(language: str, event: JsonObject) -> None:
    """Whatever characters it has."""
    assert embedded(language, snippet(language, event, HERE)) == event


KEYS = {
    "python": 'key=event["customer"]["source_id"]',
    "java": '"shop.custom-events", "ż-1", event',
    "go": '[]byte("ż-1")',
    "node": "key: event.customer.source_id",
}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"json", "curl"}))
def test_a_program_names_topic_broker_key_and_partitioner(language: str) -> None:
    """Java partitions by murmur2 unasked; whoever rests on librdkafka has to be told."""
    program = snippet(language, AWKWARD, HERE)
    assert '"shop.custom-events"' in program
    assert '"broker-1:9092,broker-2:9092"' in program
    assert KEYS[language] in program
    assert language == "java" or "murmur2_random" in program


def test_the_go_program_ends_its_text_where_it_means_to() -> None:
    """A backtick would end it early, so there are two: the first and the last."""
    assert snippet("go", AWKWARD, HERE).count("`") == 2


@pytest.mark.broker
@pytest.mark.parametrize("encoding", ["json", "avro"])
def test_the_python_programs_send_events_that_conform(
    settings: Settings, tmp_path: Path, encoding: str
) -> None:
    """Each is run as it stands; what arrives is read by a worker as the example, under its customer's key."""
    topics = topics_of(settings)
    ensure_topics(AdminClient(settings.client()), topics)
    to = Destination(settings.bootstrap, topics.custom_events.name, "http://gateway:8080")
    definitions = list(CATALOG.definitions.values())
    events = [example_event(each) for each in definitions]
    for definition, event in zip(definitions, events, strict=True):
        text = avro_snippet(definition, to) if encoding == "avro" else snippet("python", event, to)
        (tmp_path / "send.py").write_text(text, encoding="utf-8")
        wire = json.dumps(wire_schema(definition))
        (tmp_path / f"{definition.name}.wire.avsc").write_text(wire, encoding="utf-8")
        subprocess.run([sys.executable, "send.py"], cwd=tmp_path, check=True, timeout=60)
    installation = Installation(settings.bootstrap, settings.topic_prefix, tmp_path, clock="wall")
    arrived = installation.read("custom-events")
    assert {record.key for record in arrived} == {b"c-42"}
    assert len({record.partition for record in arrived}) == 1
    reader = EventReader(CATALOG)
    read = [reader.read(record.value, [], 0, 1_795_428_060_000) for record in arrived]
    assert [(each.name, each.id, each.metadata) for each in read if isinstance(each, Decoded)] == [
        (event["event"], event["id"], event["metadata"]) for event in events
    ]
