"""Asks a person for a new event definition, attribute by attribute.

Decides what is asked and in which order. The answers become the same words that can be given on the command line, so
nothing can be asked for that cannot be scripted.
"""

from collections.abc import Iterator

import click

from streams.engine.errors import ConfigurationError
from topology.event_drafts import TYPES, Draft, read_draft

_LIMITS = {
    "text": ("minLength", "maxLength", "pattern"),
    "integer": ("min", "max"),
    "decimal": ("min", "max"),
    "list": ("minLength", "maxLength"),
}


def ask_text(question: str) -> str | None:
    """An answer, or ``None`` if there is none."""
    return str(click.prompt(question, default="", show_default=False)).strip() or None


def ask_attributes() -> Iterator[Draft]:
    """Attributes until an empty name; one that cannot be understood is asked for again."""
    while name := ask_text("Attribute (a dot enters an object; empty when done)"):
        try:
            yield read_draft(_attribute(name))
        except ConfigurationError as error:
            click.echo(str(error), err=True)


def _attribute(name: str) -> str:
    """The attribute in the words of the command line."""
    word = click.prompt("  Type", type=click.Choice(list(TYPES)), default="text")
    inner = ""
    if word == "one_of":
        inner = f"({click.prompt('  Choices, with | between')})"
    elif word == "list":
        inner = f"({click.prompt('  List of', default='text')})"
    optional = "" if click.confirm("  Mandatory?", default=True) else "?"
    options = [(limit, ask_text(f"  {limit} (empty for none)")) for limit in _LIMITS.get(word, ())]
    options.append(("doc", ask_text("  What it means")))
    return f"{name}:{word}{inner}{optional}" + "".join(f",{key}={value}" for key, value in options if value)
