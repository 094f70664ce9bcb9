"""``tidemark schema``: event definitions for those who send events: look at them, write them, compare them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from schemas.compatibility_mode import Mode
from topology.parameters import COMPATIBILITY, DIRECTORY, TEXT_FILE
from topology.snippets import LANGUAGES, Destination

if TYPE_CHECKING:
    from schemas.catalog import Catalog
    from schemas.definitions import EventDefinition
    from topology.settings import Settings


@click.group(short_help="Show, write, compare and document event definitions.")
def schema() -> None:
    """Show, write, compare and document event definitions: for those who send events.

    \b
    Examples:
      tidemark schema list
      tidemark schema new parcel_returned --directory definitions/
      tidemark schema show new_review --snippet python
      tidemark schema check old/purchase.avsc definitions/purchase.avsc
      tidemark schema docs --definitions definitions/ --out docs/
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it


_DEFINITIONS = click.option("--definitions", type=DIRECTORY, help="A directory whose *.avsc count as well.")
_LIVE = click.option("--live", is_flag=True, help="Ask the cluster for what was applied, too.")


@schema.command("list")
@_DEFINITIONS
@_LIVE
def list_events(definitions: Path | None, *, live: bool) -> None:
    """List the events that are defined, with who answers for them and what they mean; internal ones after the others.

    Those whose owner is tidemark are caused by Tidemark itself; what sends other internal events is yours.
    """
    from schemas.catalog import internal_names
    from topology.tables import table

    named, internal = (
        sorted(_catalog(_settings(), definitions, live=live).definitions.items()),
        internal_names(),
    )
    for apart in (False, True):
        rows = [
            (name, str(len(each.attributes)), each.owner or "-", each.doc or "-")
            for name, each in named
            if (name in internal) is apart
        ]
        title = "internal event" if apart else "event"
        click.echo(("\n" if apart else "") + table((title, "attributes", "owner", "meaning"), rows))


@schema.command()
@click.argument("event")
@_DEFINITIONS
@_LIVE
@click.option(
    "--wire", is_flag=True, help="The Avro schema of the whole event, as an Avro producer writes it."
)
@click.option(
    "--snippet",
    "language",
    type=click.Choice((*LANGUAGES, "avro")),
    help="An example in JSON, or a program that sends it; avro is Python that sends Avro.",
)
def show(event: str, definitions: Path | None, *, live: bool, wire: bool, language: str | None) -> None:
    """Print the definition of EVENT as JSON, its schema on the wire, or a program that sends one.

    \b
    Examples:
      tidemark schema show new_review
      tidemark schema show new_review --wire > new_review.wire.avsc
      tidemark schema show new_review --snippet python > send.py
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from schemas.avro_wire import wire_schema
    from schemas.examples import conforms, example_event
    from streams.engine.errors import ConfigurationError
    from topology.avro_snippet import avro_snippet
    from topology.snippets import snippet

    settings = _settings()
    definition = _defined(_catalog(settings, definitions, live=live), event)
    if language == "avro":
        if not conforms(definition, example_event(definition)):
            raise ConfigurationError(
                f"no example of {event} can be made: give its definition one, as `example`"
            )
        click.echo(avro_snippet(definition, _destination(settings)), nl=False)
    elif language is not None:
        click.echo(snippet(language, example_event(definition), _destination(settings)), nl=False)
    else:
        click.echo(_written(wire_schema(definition) if wire else definition.document))


@schema.command()
@click.argument("old", type=TEXT_FILE)
@click.argument("new", type=TEXT_FILE)
@click.option(
    "--compatibility", type=COMPATIBILITY, help="What NEW must keep, in place of TIDEMARK_COMPATIBILITY."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_context
def check(ctx: click.Context, old: str, new: str, *, compatibility: Mode | None, as_json: bool) -> None:
    """Say what would break if the definition in OLD were replaced by the one in NEW; - is standard input.

    FULL: events by the old definition are still accepted, and who reads Avro by the old one can read new events.
    BACKWARD and FORWARD ask for one of the two. Exit code 0: compatible, 1: not, 2: no definition.

    \b
    Examples:
      tidemark schema check old/purchase.avsc definitions/purchase.avsc
      git show main:definitions/purchase.avsc | tidemark schema check - definitions/purchase.avsc
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from schemas.compatibility import incompatibilities

    before, after = _file(old), _file(new)
    if before.name != after.name:
        raise click.UsageError(
            f"{old} defines {before.name}, and {new} defines {after.name}: expected one event"
        )
    mode = compatibility or _settings().compatibility
    found = incompatibilities(before, after, mode)
    if as_json:
        faults = [each._asdict() for each in found]
        click.echo(_written({"event": after.name, "compatibility": mode, "incompatible": faults}))
    else:
        for each in found:
            click.echo(str(each))
        click.echo(f"{after.name}: {len(found) or 'no'} incompatibilities by {mode}.")
    if found:
        ctx.exit(1)


@schema.command()
@click.option("--out", type=click.Path(path_type=Path), help="A file, or a directory that gets events.md.")
@_DEFINITIONS
@_LIVE
def docs(out: Path | None, definitions: Path | None, *, live: bool) -> None:
    """Write one page in Markdown about all events, for those who send them; without --out to standard output.

    Each event with its attributes, types and limits, an example, and programs that send it. The addresses in them
    are those of the settings: TIDEMARK_BOOTSTRAP, TIDEMARK_TOPIC_PREFIX.
    """
    from topology.event_page import events_page

    settings = _settings()
    page = events_page(_catalog(settings, definitions, live=live), _destination(settings))
    if out is None:
        click.echo(page, nl=False)
        return
    file = out if out.suffix and not out.is_dir() else out / "events.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, encoding="utf-8")
    click.echo(f"Wrote {file}.")


@schema.command()
@click.argument("event")
@click.option("--directory", type=DIRECTORY, default=Path(), help="Where EVENT.avsc is written.")
@click.option(
    "--attribute", "attributes", multiple=True, metavar="NAME:TYPE", help="As said above; once or more often."
)
@click.option("--doc", help="What the event means.")
@click.option("--owner", help="Who answers for it.")
@click.option("--example", help="Attributes of an example, in JSON; made from the types otherwise.")
@click.option("--additional", is_flag=True, help="Allow attributes beyond these.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def new(event: str, *, directory: Path, attributes: Sequence[str], force: bool, **about: Any) -> None:
    """Write a definition of EVENT into EVENT.avsc, by asking; with --attribute nothing is asked.

    NAME:TYPE is a name and one of text, integer, decimal, boolean, date, datetime, image_url, geopoint,
    one_of(a|b), list(TYPE), object; a ? after the type makes it optional. Then, with commas between, min=,
    max=, minLength=, maxLength=, pattern=, default=, doc=. A dot in the name enters an object.

    \b
    Examples:
      tidemark schema new parcel_returned
      tidemark schema new parcel_returned --doc "A parcel came back." --owner logistics \\
        --attribute parcel_id:text,minLength=1 --attribute "reason:one_of(broken|late|unwanted)" \\
        --attribute weight:decimal?,min=0 --attribute sender.city:text
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.event_drafts import About, draft_definition, read_draft
    from topology.event_questions import ask_attributes, ask_text

    file = directory / f"{event}.avsc"
    if file.parent != directory:
        raise click.UsageError(f"{event!r}: expected a name that can be that of a file")
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force writes over it")
    if not attributes:
        about["doc"] = about["doc"] or ask_text("What does the event mean?")
        about["owner"] = about["owner"] or ask_text("Who answers for it?")
    drafts = [read_draft(text) for text in attributes] or list(ask_attributes())
    about["example"] = _example(about["example"])
    document = draft_definition(event, drafts, About(**about))
    directory.mkdir(parents=True, exist_ok=True)
    file.write_text(_written(document) + "\n", encoding="utf-8")
    click.echo(
        f"Wrote {file}. `tidemark plan {directory}` checks it, `tidemark apply {directory}` makes it live."
    )
    if "example" not in document:
        click.echo("It has no example, for none can be made from a pattern; write one into it.")


def _example(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise click.UsageError(
            f"--example: expected JSON, found {error.msg} at column {error.colno}"
        ) from error


def _settings() -> Settings:
    from topology.settings import Settings

    return Settings.from_environment()


def _catalog(settings: Settings, definitions: Path | None, *, live: bool) -> Catalog:
    """The events of this installation; those of the cluster over them, and those of the directory over all."""
    from topology.definitions.directory import base_catalog, check_directory
    from topology.definitions.planning import live_catalog

    catalog = live_catalog(settings) if live else base_catalog(settings)
    if definitions is None:
        return catalog
    return catalog.with_documents(check_directory(definitions, settings).events)


def _defined(catalog: Catalog, event: str) -> EventDefinition:
    from schemas.names import hint

    definition = catalog.definitions.get(event)
    if definition is None:
        near = hint(event, catalog.definitions)
        told = f" ({near})" if near else ""
        raise click.UsageError(f"no event {event!r} is defined{told}; see `tidemark schema list`")
    return definition


def _destination(settings: Settings) -> Destination:
    from topology.topics import topics_of

    gateway = f"http://{settings.gateway_host}:{settings.gateway_port}"
    return Destination(settings.bootstrap, topics_of(settings).custom_events.name, gateway)


def _file(path: str) -> EventDefinition:
    from topology.definitions.event_files import read_event
    from topology.definitions.json_source import read_json

    try:
        with click.open_file(path, encoding="utf-8-sig") as opened:
            text = opened.read()
    except UnicodeDecodeError as error:
        raise click.UsageError(
            f"{path}: expected UTF-8, found {error.reason} at byte {error.start}"
        ) from error
    return read_event(read_json(text, path), path)


def _written(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
