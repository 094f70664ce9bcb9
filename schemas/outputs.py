"""How output records are written: JSON or Avro single-object, by topic.

The schemas stand under ``schemas/outputs/``, one a topic. Records come in and go out in their JSON form; what stands in
a record is decided by whoever builds it, and a record that does not fit its schema is our own mistake and raises.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from schemas.json_values import JsonObject, JsonValue
from schemas.single_object import SingleObject

Encoding = Literal["json", "avro"]
Encode = Callable[[Mapping[str, JsonValue]], bytes]
Decode = Callable[[bytes], JsonObject]

OUTPUTS_DIRECTORY = Path(__file__).parent / "outputs"


def output_schema(topic: str) -> dict[str, Any]:
    """The Avro schema of an output topic, named without prefix. Raises ``KeyError`` for a topic that is no output."""
    file = OUTPUTS_DIRECTORY / f"{topic}.avsc"
    if not file.is_file():
        raise KeyError(f"{topic} is no output topic; there are {', '.join(output_topics())}")
    return cast("dict[str, Any]", json.loads(file.read_bytes()))


def output_topics() -> tuple[str, ...]:
    """All output topics, without prefix."""
    return tuple(sorted(file.stem for file in OUTPUTS_DIRECTORY.glob("*.avsc")))


def output_encoder(topic: str, encoding: Encoding) -> Encode:
    """What writes a record of the topic. Raises ``KeyError`` for a topic that is no output."""
    schema = output_schema(topic)
    return msgspec.json.encode if encoding == "json" else SingleObject(schema).encode


def output_decoder(topic: str, encoding: Encoding) -> Decode:
    """What reads a record of the topic back into its JSON form. Raises ``KeyError`` for a topic that is no output."""
    schema = output_schema(topic)
    return msgspec.json.decode if encoding == "json" else SingleObject(schema).decode
