"""Reads JSON, keeping line and column of everything.

The standard library judges whether a text is JSON; where its parts stand is found by walking over its words a
second time. Knows nothing of what a definition is.
"""

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from streams.engine.errors import ConfigurationError
from topology.definitions.places import Builder, Document, Part, Place, Value

_WORD = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')


def read_json(text: str, file: str) -> Document:
    """The value of a JSON text; ``ConfigurationError`` with file, line and column where it is not JSON."""
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        raise ConfigurationError(f"{place}: not JSON: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise ConfigurationError(f"{Place(file, 1, 1)}: not JSON: {error}") from error
    builder = Builder()
    for word, place in _words(text, file):
        if word in "{[":
            builder.open(dict if word == "{" else list, place)
        elif word in "}]":
            builder.close()
        else:
            value: Value = json.loads(word)
            builder.add(Part(value, place, {}))
    whole = builder.finished
    assert whole is not None  # noqa: S101 - the standard library has read the same text
    return Document(whole.value, {(): whole.place, **whole.inside})


def _words(text: str, file: str) -> Iterator[tuple[str, Place]]:
    line, start, seen = 1, 0, 0
    for found in _WORD.finditer(text):
        breaks = text.count("\n", seen, found.start())
        if breaks:
            line, start = line + breaks, text.rindex("\n", seen, found.start()) + 1
        seen = found.start()
        yield found[0], Place(file, line, found.start() - start + 1)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
