"""How output records are written: JSON, Avro single-object, or Avro in Confluent's framing, by topic.

The schemas stand under ``schemas/outputs/``, one a topic. Records come in and go out in their JSON form; what stands in
a record is decided by whoever builds it, and a record that does not fit its schema is our own mistake and raises.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from schemas.framing import FRAME_BYTES, frame
from schemas.json_values import JsonObject, JsonValue
from schemas.single_object import SingleObject

Encoding = Literal["json", "avro", "confluent"]
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


def output_encoder(topic: str, encoding: Encoding, schema_id: int | None = None) -> Encode:
    """What writes a record of the topic; ``schema_id`` is the registry's, which Confluent's framing names.

    Raises ``KeyError`` for a topic that is no output.
    """
    schema = output_schema(topic)
    if encoding == "json":
        return msgspec.json.encode
    encode = SingleObject(schema).encode
    if encoding == "avro":
        return encode
    if schema_id is None:
        raise ValueError(f"{topic} in Confluent's framing needs the id of its schema")
    return partial(encode, header=frame(schema_id))


def output_decoder(topic: str, encoding: Encoding) -> Decode:
    """What reads a record of the topic back into its JSON form; whatever id a frame names, by our own schema.

    Raises ``KeyError`` for a topic that is no output.
    """
    schema = output_schema(topic)
    if encoding == "json":
        return msgspec.json.decode
    decode = SingleObject(schema).decode
    return decode if encoding == "avro" else partial(decode, at=FRAME_BYTES)
