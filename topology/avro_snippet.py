"""A Python program that sends one event in Avro's single-object encoding, whole and ready to run.

Apart from the others because it needs the definition: in Avro, dates and times are not text, and the schema travels as
a file beside the program.
"""

import io
from typing import Any

import fastavro

from schemas.avro_wire import EventWire, wire_schema
from schemas.definitions import EventDefinition
from schemas.examples import example_event
from schemas.single_object import HEADER
from topology.snippets import Destination, python_literal, python_sending


def avro_snippet(definition: EventDefinition, to: Destination) -> str:
    """The program; it reads the schema from ``EVENT.wire.avsc`` in its working directory."""
    event = definition.name
    return f"""\
# pip install confluent-kafka fastavro
# tidemark schema show {event} --wire > {event}.wire.avsc
import datetime
import io
import json

import fastavro
from confluent_kafka import Producer

with open({event + ".wire.avsc"!r}, encoding="utf-8") as file:
    schema = fastavro.parse_schema(json.load(file))
canonical = fastavro.schema.to_parsing_canonical_form(schema)
header = b"\\xc3\\x01" + bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))

event = {python_literal(_as_python(definition))}

value = io.BytesIO()
value.write(header)
fastavro.schemaless_writer(value, schema, event)
{python_sending("value.getvalue()", to)}"""


def _as_python(definition: EventDefinition) -> dict[str, Any]:
    """The example as a Python program holds it, without what is absent."""
    record = EventWire(definition).encode(example_event(definition))[HEADER:]
    schema = fastavro.parse_schema(wire_schema(definition))
    event: dict[str, Any] = fastavro.schemaless_reader(io.BytesIO(record), schema, None)
    customer = {name: value for name, value in event["customer"].items() if value is not None}
    return {**event, "customer": customer}
