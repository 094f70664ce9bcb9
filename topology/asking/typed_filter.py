"""A filter as it is given on the command line: an expression, JSON, a file with either behind ``@``, a live segment.

Decides how it is read, and that it is checked against the live definitions before anybody is asked.
"""

from collections.abc import Mapping
from pathlib import Path

from streams.domain import expressions
from streams.domain.definitions import DefinitionError
from streams.domain.filters import Vocabulary
from streams.engine.errors import ConfigurationError
from streams.engine.questions import Find
from topology.definitions.faults import fault_words

_FILE = "@"


def filter_body(text: str) -> object:
    """The JSON form of a filter that somebody typed. Raises ``ConfigurationError``."""
    typed = _read(Path(text.removeprefix(_FILE))) if text.startswith(_FILE) else text
    try:
        return expressions.filter_body(typed)
    except DefinitionError as error:
        raise _refusal(error) from error


def within_segment(body: object, segment: str | None) -> object:
    """The filter, for those who are in a segment; either may be missing."""
    if segment is None:
        return body
    inside = {"segments": {"conditions": {"$in": [segment]}}}
    return inside if body is None else {**inside, "groups": [body]}


def check_find(find: Find, vocabulary: Vocabulary) -> None:
    """Raise ``ConfigurationError`` with a line for every fault, if it cannot be asked."""
    try:
        find.begin(vocabulary)
    except DefinitionError as error:
        raise _refusal(error) from error


def asked(find: Find) -> Mapping[str, object]:
    """The question as workers take it."""
    return {"filter": find.filter, "columns": find.columns, "limit": find.limit}


def _refusal(error: DefinitionError) -> ConfigurationError:
    return ConfigurationError("\n".join(f"{fault.id}: {fault_words(fault)}" for fault in error.faults))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read: {error}") from error
