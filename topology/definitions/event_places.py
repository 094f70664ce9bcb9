"""Where in an Avro file a fault stands that the catalog reports by a path of names.

The catalog names a field by its name (``fields.rating.min``), the file holds fields in a list; this finds
one from the other.
"""

import re

from topology.definitions.places import Document, Parts, Place, Value

_STEP = re.compile(r'\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.\[\]]+)')


def place_of(document: Document, path: str) -> Place:
    """The place of ``path`` in the document, or of the nearest part around it that can be found."""
    parts: Parts = ()
    value = document.value
    for index, quoted, name in _STEP.findall(path):
        found = _step(value, index or quoted or name)
        if found is None:
            break
        key, value = found
        parts = (*parts, key)
    return document.locate(parts)


def _step(value: Value, word: str) -> tuple[str | int, Value] | None:
    if isinstance(value, dict):
        return (word, value[word]) if word in value else None
    if not isinstance(value, list):
        return None
    if word.isdigit():
        return (int(word), value[int(word)]) if int(word) < len(value) else None
    for index, item in enumerate(value):
        if isinstance(item, dict) and item.get("name") == word:
            return index, item
    return None
