"""The catalogue of internal events, read, and the Avro record of each.

Decides how an attribute's type is written in Avro, and that an event which other services own may carry more than the
catalogue names. What an event means and when it is caused is others' business.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).parent / "catalogue.yaml"

_AVRO: Mapping[str, Any] = {
    "text": "string",
    "whole": "long",
    "number": "double",
    "datetime": {"type": "long", "logicalType": "timestamp-millis"},
    "list of text": {"type": "array", "items": "string"},
}


def internal_documents() -> dict[str, dict[str, Any]]:
    """The Avro record of every internal event, by name, in the order of the catalogue."""
    written = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    words = written["attributes"]
    return {
        name: _document(name, group, event, words)
        for group, events in written["groups"].items()
        for name, event in events.items()
    }


def _document(
    name: str, group: str, event: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    whose = {"owner": "tidemark"} if event.get("caused") == "tidemark" else {"additional": True}
    mandatory = [_field(attribute, words[attribute]) for attribute in event.get("attributes", ())]
    optional = [_optional(attribute, words[attribute]) for attribute in event.get("optional", ())]
    return {
        "type": "record",
        "name": name.replace(".", "_"),
        "event": name,
        "group": group,
        "doc": event["doc"],
        **whose,
        "fields": mandatory + optional,
    }


def _field(name: str, word: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "type": _AVRO[word["type"]], "doc": word["doc"]}


def _optional(name: str, word: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "type": ["null", _AVRO[word["type"]]], "default": None, "doc": word["doc"]}
