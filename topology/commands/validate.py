"""``tidemark validate``: events against their definitions, without Kafka."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topology.parameters import DIRECTORY, EVENTS_FILE

if TYPE_CHECKING:
    from schemas.catalog import Catalog
    from topology.lines import Line
    from topology.settings import Settings


@click.command(short_help="Check events against their definitions, without Kafka.")
@click.argument("file", type=EVENTS_FILE)
@click.option("--definitions", type=DIRECTORY, help="A directory whose *.avsc count as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a rejected line, then the totals.")
@click.pass_context
def validate(ctx: click.Context, file: str, definitions: Path | None, *, as_json: bool) -> None:
    """Check the events in FILE as a worker would, without Kafka: same code, same messages.

    FILE holds one JSON event a line (.gz and - as well), or one event in Avro single-object encoding. Each
    line that would be rejected is shown with the reason and with every field that is wrong. Exit code 1 if
    there is any.

    \b
    Examples:
      tidemark validate events.ndjson
      tidemark validate events.ndjson --definitions definitions/ --json | jq .reason
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from schemas.wire import EventReader
    from topology import validating
    from topology.settings import Settings

    settings = Settings.from_environment()
    catalog = _catalog(settings, definitions)
    reader = EventReader(catalog, max_ahead_ms=settings.max_event_ahead)
    totals = validating.Totals()
    for verdict in validating.judge(_events(file), reader, totals, now=time.time_ns() // 1_000_000):
        click.echo(validating.verdict_json(verdict) if as_json else validating.verdict_text(verdict, file))
    click.echo(validating.totals_json(totals) if as_json else validating.totals_text(totals))
    if totals.rejected:
        ctx.exit(1)


def _catalog(settings: Settings, definitions: Path | None) -> Catalog:
    from topology.definitions.directory import base_catalog, check_directory

    if definitions is None:
        return base_catalog(settings)
    return check_directory(definitions, settings).catalog


def _events(file: str) -> Iterator[Line]:
    """The lines of a file, or all of it as one if it is an Avro record."""
    from topology.lines import STANDARD_INPUT, Line, read_lines
    from topology.validating import is_single_object

    if file != STANDARD_INPUT:
        with Path(file).open("rb") as opened:
            if is_single_object(opened.read(8)):
                yield Line(1, Path(file).read_bytes())
                return
    yield from read_lines(file, "checking")
