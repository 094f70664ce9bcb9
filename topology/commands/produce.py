"""``tidemark produce``: events from a file to the custom-events topic."""

import click

from topology.parameters import EVENTS_FILE

_SHOWN = 20
"""Refused lines that are shown one by one; the rest are only counted."""


@click.command(short_help="Send events from a file to the custom-events topic.")
@click.argument("file", type=EVENTS_FILE)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Events per second; as fast as it goes otherwise.",
)
@click.option("--check", is_flag=True, help="Send only events that conform to their definitions.")
@click.option(
    "--timestamps-from-events", is_flag=True, help="Stamp each record with its event's occurred_at."
)
@click.pass_context
def produce(
    ctx: click.Context, file: str, *, rate: float | None, check: bool, timestamps_from_events: bool
) -> None:
    """Send the events in FILE, one JSON object a line, to the custom-events topic.

    FILE may be gzip (.gz), or - for standard input. The key is the customer's id. A line that is no JSON or
    names no customer is not sent; it is shown, the others go on, and the exit code is 1.

    \b
    A line:
      {"id": "o-1", "event": "purchase", "customer": {"source_id": "c-42"},
       "occurred_at": "2026-11-23T10:00:00Z", "metadata": {"amount": 29.9}}

    \b
    Examples:
      tidemark produce events.ndjson
      zcat archive.gz | tidemark produce - --timestamps-from-events
      tidemark produce events.ndjson.gz --rate 500 --check
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from schemas.wire import EventReader
    from topology.definitions.planning import live_catalog
    from topology.lines import Line, read_lines
    from topology.producing import Sending, send_events
    from topology.settings import Settings

    settings = Settings.from_environment()
    reader = EventReader(live_catalog(settings), max_ahead_ms=settings.max_event_ahead) if check else None
    shown = 0

    def refuse(line: Line, reason: str) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN:
            click.echo(f"{file}:{line.number}: not sent: {reason}", err=True)

    sending = Sending(rate, timestamps_from_events, reader)
    tally = send_events(read_lines(file, "sending"), settings, sending, refuse)
    click.echo(f"Events sent: {tally.sent:,}, refused: {tally.refused:,}, failed: {len(tally.failed):,}.")
    if tally.failed:
        click.echo(f"The broker's first reason: {tally.failed[0]}", err=True)
    if tally.failed or tally.refused:
        ctx.exit(1)
