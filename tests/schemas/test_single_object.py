"""The header of single-object encoding, against the specification's own definition of the fingerprint."""

import json
from pathlib import Path

import pytest
from fastavro.schema import to_parsing_canonical_form

from schemas.outputs import OUTPUTS_DIRECTORY
from schemas.single_object import SingleObject

EMPTY = 0xC15D213AA4D7A795
"""The fingerprint of nothing, as the specification gives it."""


def crc64_avro(data: bytes) -> int:
    """The fingerprint bit by bit, without the specification's table."""
    fingerprint = EMPTY
    for byte in data:
        fingerprint ^= byte
        for _ in range(8):
            fingerprint = (fingerprint >> 1) ^ (EMPTY if fingerprint & 1 else 0)
    return fingerprint


def test_the_computation_of_this_test_is_right() -> None:
    """It gives what Apache Avro's tests give for the schema "int"."""
    assert crc64_avro(b'"int"') == 0x7275D51A3F395C8F


@pytest.mark.parametrize("file", sorted(OUTPUTS_DIRECTORY.glob("*.avsc")), ids=lambda file: file.stem)
def test_the_fingerprint_is_that_of_the_specification(file: Path) -> None:
    """CRC-64-AVRO of the parsing canonical form, in little-endian order, whatever docs and logical types it has."""
    schema = json.loads(file.read_text())
    canonical = to_parsing_canonical_form(schema).encode()
    assert SingleObject(schema).fingerprint == crc64_avro(canonical).to_bytes(8, "little")


def test_the_bytes_of_a_record() -> None:
    """C3 01, the fingerprint, the record."""
    schema = {"type": "record", "name": "r", "fields": [{"name": "n", "type": "long"}]}
    canonical = b'{"name":"r","type":"record","fields":[{"name":"n","type":"long"}]}'
    single = SingleObject(schema)
    assert single.encode({"n": 27}) == b"\xc3\x01" + crc64_avro(canonical).to_bytes(8, "little") + b"\x36"
    assert single.decode(single.encode({"n": 27})) == {"n": 27}


def test_bytes_left_over_are_refused() -> None:
    """A record must fill the value."""
    single = SingleObject({"type": "record", "name": "r", "fields": [{"name": "n", "type": "long"}]})
    with pytest.raises(ValueError, match="1 bytes left after the record"):
        single.decode(single.encode({"n": 27}) + b"\x00")
