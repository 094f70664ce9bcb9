"""``tidemark produce``: events from a file to the custom-events topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from topology.producing import Tally

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
@click.option("--customers", is_flag=True, help="Send profiles and deletions to the customers topic instead.")
@click.pass_context
def produce(ctx: click.Context, /, file: str, **asked: Any) -> None:
    """Send the events in FILE, one JSON object a line, to the custom-events topic.

    FILE may be gzip (.gz), or - for standard input. The key is the customer's id. A line that is no JSON or
    names no customer is not sent; it is shown, the others go on, and the exit code is 1.

    \b
    A line:
      {"id": "o-1", "event": "purchase", "customer": {"source_id": "c-42"},
       "occurred_at": "2026-11-23T10:00:00Z", "metadata": {"amount": 29.9}}

    \b
    A line with --customers; the second one has the customer forgotten:
      {"source_id": "c-42", "email": "ann@example.com", "metadata": {"club_level": "Gold"}}
      {"source_id": "c-7", "deleted": true}

    \b
    Examples:
      tidemark produce events.ndjson
      zcat archive.gz | tidemark produce - --timestamps-from-events
      tidemark produce events.ndjson.gz --rate 500 --check
      tidemark produce customers.ndjson --customers
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    how = _How(**asked)
    if how.customers and (how.check or how.timestamps_from_events):
        raise click.UsageError("--check and --timestamps-from-events are about events, not --customers")
    tally = _send(file, how)
    sent = f"{'Customers' if how.customers else 'Events'} sent: {tally.sent:,}"
    click.echo(f"{sent}, refused: {tally.refused:,}, failed: {len(tally.failed):,}.")
    if tally.failed:
        click.echo(f"The broker's first reason: {tally.failed[0]}", err=True)
    if tally.failed or tally.refused:
        ctx.exit(1)


class _How(NamedTuple):
    """The options."""

    rate: float | None
    check: bool
    timestamps_from_events: bool
    customers: bool


def _send(file: str, how: _How) -> Tally:
    from schemas.wire import EventReader
    from topology.definitions.planning import live_catalog
    from topology.lines import Line, read_lines
    from topology.producing import Sending, send_customers, send_events
    from topology.settings import Settings

    settings, shown = Settings.from_environment(), 0

    def refuse(line: Line, reason: str) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN:
            click.echo(f"{file}:{line.number}: not sent: {reason}", err=True)

    lines = read_lines(file, "sending")
    if how.customers:
        return send_customers(lines, settings, how.rate, refuse)
    ahead = settings.max_event_ahead
    reader = EventReader(live_catalog(settings), max_ahead_ms=ahead) if how.check else None
    return send_events(lines, settings, Sending(how.rate, how.timestamps_from_events, reader), refuse)
