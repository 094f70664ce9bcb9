"""What is live is compiled for a worker."""

import pytest

from schemas.catalog import Catalog
from streams.engine.errors import ConfigurationError
from topology.definitions.compiled import compile_live
from topology.definitions.published import NOTHING_LIVE, LiveDefinitions, PublishedDefinition

AT = "2026-11-23T10:00:00Z"
REFUND = PublishedDefinition("event", "refund", 1, {"type": "record", "name": "refund", "fields": []}, AT)
NOTHING = Catalog.from_documents({})


def live(*definitions: PublishedDefinition) -> LiveDefinitions:
    """These definitions, published."""
    return LiveDefinitions({each.key: each for each in definitions}, len(definitions))


def segment(event: str) -> PublishedDefinition:
    """A segment of customers to whom an event happened."""
    filter_ = {"junction": "and", f"events.{event}.count": {"conditions": {"$more_than": [0]}}}
    body: dict[str, object] = {"kind": "segment", "id": "s", "filter": filter_}
    return PublishedDefinition("segment", "s", 4, body, AT)


def test_applied_events_are_known_to_the_rules_and_to_the_reader() -> None:
    """A segment over an event that was applied beside it compiles, with its live version."""
    ruleset, catalog = compile_live(live(REFUND, segment("refund")), NOTHING)
    (compiled,) = ruleset.segments.values()
    assert (compiled.id, compiled.version) == ("s", 4)
    assert set(catalog.definitions) == {"refund"}


def test_nothing_live_compiles_to_a_ruleset_that_decides_nothing() -> None:
    """A worker may start before anything was applied."""
    ruleset, _ = compile_live(NOTHING_LIVE, NOTHING, clock="stream")
    assert dict(ruleset.segments) == {}
    assert ruleset.clock == "stream"


def test_what_does_not_compile_is_refused_with_every_fault_and_advice() -> None:
    """The operator learns which definition it is, and that the directory is where to mend it."""
    with pytest.raises(ConfigurationError) as refusal:
        compile_live(live(REFUND, segment("refnd")), NOTHING)
    fault, advice = str(refusal.value).splitlines()
    assert fault.startswith("segment/s: filter.events.refnd.count: expected a defined event")
    assert "tidemark apply DIR" in advice


def test_an_event_that_is_no_avro_record_is_refused() -> None:
    """Event definitions on the topic are checked like files."""
    broken = PublishedDefinition("event", "refund", 1, {"type": "recrd"}, AT)
    with pytest.raises(ConfigurationError, match="event/refund"):
        compile_live(live(broken), NOTHING)
