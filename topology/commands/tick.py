"""``tidemark tick``: move the stream clock on."""

import click

from streams.domain.instants import Instant
from topology.parameters import INSTANT


@click.command(short_help="Move the stream clock on.")
@click.option(
    "--to", "instant", required=True, type=INSTANT, help="What the stream clock shall read at least."
)
def tick(instant: Instant) -> None:
    """Move the stream clock of every partition on, where no more events come to do it.

    Only workers that run with TIDEMARK_CLOCK=stream follow it: there, time is the largest event time seen in
    a partition, and after the last event it stands still. A tick lets the deadlines up to TIME take effect.
    The clock never goes back.

    \b
    Example:
      tidemark produce 1998.ndjson && tidemark tick --to 1998-12-31T00:00:00Z
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from streams.domain.instants import format_instant
    from topology.producing import send_ticks
    from topology.settings import Settings

    partitions = send_ticks(Settings.from_environment(), instant)
    click.echo(f"{partitions} partitions are told that it is {format_instant(instant)}.")
