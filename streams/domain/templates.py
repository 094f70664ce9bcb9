"""Templates of messages: what somebody else compiles, and what is handed to it.

Decides what a template may read and when it counts as failed. The language is not known here: whoever puts the program
together hands in a compiler; without one no text is a template.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.domain.events import JsonValue

Given = Mapping[str, object]
"""What a template reads: mappings in mappings, JSON at their ends."""

Step = str | int | None
"""One step of a path; none where only the values tell which."""


class TemplateRefusedError(ValueError):
    """A text is no template that may be used; its text says why, for whoever wrote it."""


class TemplateFailedError(Exception):
    """A template cannot be filled in from these values, or not within its bounds."""


class Template(NamedTuple):
    """A compiled template."""

    reads: tuple[tuple[Step, ...], ...]
    """Paths of everything that it takes from outside, such as ``("event", "metadata", "rating")``."""
    fill: Callable[[Given], str]
    """The text for these values, the same for the same; raises ``TemplateFailedError``."""


CompileTemplate = Callable[[str], Template]
"""Compiles a text; raises ``TemplateRefusedError``."""


def no_templates(_text: str) -> Template:
    """Refuses every text."""
    raise TemplateRefusedError("there is nobody to fill in filters and tags here")


def gathered(into: dict[str, object], path: tuple[str, ...], value: JsonValue) -> None:
    """Put a value at a path of what a template is given."""
    *outer, last = path
    for key in outer:
        into = into.setdefault(key, {})  # type: ignore[assignment]  # no path ends where another goes on
    into[last] = value
