"""Records of the definitions topic."""

import json

import pytest

from streams.domain.definitions import Definition
from streams.engine.errors import ConfigurationError
from topology.definitions.published import (
    NOTHING_LIVE,
    LiveDefinitions,
    PublishedDefinition,
    Record,
    decode_definitions,
    encode_definition,
)

BODY: dict[str, object] = {"kind": "segment", "id": "a", "filter": {"junction": "and"}}
SEGMENT = PublishedDefinition("segment", "a", 3, BODY, "2026-11-23T10:00:00Z")
EVENT = PublishedDefinition("event", "refund", 1, {"type": "record"}, "2026-11-23T12:00:00Z")


def test_a_record_is_what_the_design_says() -> None:
    """Kind, id, version, body, applied_at as JSON under the key kind/id."""
    assert SEGMENT.key == "segment/a"
    assert json.loads(encode_definition(SEGMENT)) == {
        "kind": "segment",
        "id": "a",
        "version": 3,
        "body": BODY,
        "applied_at": "2026-11-23T10:00:00Z",
    }


def test_records_are_read_as_they_were_written_in_the_order_of_keys() -> None:
    """Writing and reading gives the same definitions."""
    records = [Record(each.key.encode(), encode_definition(each), 0) for each in (SEGMENT, EVENT)]
    assert decode_definitions(records) == {"event/refund": EVENT, "segment/a": SEGMENT}
    assert list(decode_definitions(records)) == ["event/refund", "segment/a"]


def test_events_are_kept_apart_from_the_other_definitions() -> None:
    """The heart gets definitions, the catalog gets Avro documents."""
    live = LiveDefinitions({"event/refund": EVENT, "segment/a": SEGMENT}, 2)
    assert live.definitions == (Definition("segment", "a", 3, BODY),)
    assert live.events == {"refund": {"type": "record"}}
    assert live.applied_at == "2026-11-23T12:00:00Z"
    assert NOTHING_LIVE.applied_at is None


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        (b"segment/a", b"", "a definition as `tidemark apply` writes it"),
        (b"segment/a", b"{}", "missing required field `kind`"),
        (b"segment/a", b"\xff", "a definition as `tidemark apply` writes it"),
        (b"segment/b", encode_definition(SEGMENT), "expected the key segment/a, found another"),
        (None, encode_definition(SEGMENT), "no key: expected the key segment/a"),
        (
            b"a/a",
            encode_definition(PublishedDefinition("a", "a", 1, {}, "2026-01-01")),
            "expected a kind of segment",
        ),
        (
            b"event/a",
            encode_definition(PublishedDefinition("event", "a", 1, {}, "noon")),
            "found Invalid isoformat",
        ),
    ],
)
def test_a_record_that_is_no_definition_is_refused_by_key_and_offset(
    key: bytes | None,
    value: bytes,
    says: str,
) -> None:
    """The operator is told which record it is and how to take it away."""
    with pytest.raises(ConfigurationError) as refusal:
        decode_definitions([Record(key, value, 17)])
    message = str(refusal.value)
    assert message.startswith("definitions topic, offset 17, ")
    assert says in message
    assert message.endswith("Take the record away by a null value under its key, then `tidemark apply` again")
