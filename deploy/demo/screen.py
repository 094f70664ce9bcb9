"""What a person sees while the demo runs: a screen that moves in a terminal, plain lines anywhere else.

Decides how a view looks; computes nothing of its own.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deploy.demo.tally import CHANGES, POINTS, TRIGGERS, Record
from deploy.demo.view import View, quantile

_LATELY = 2_000
"""Latencies of the last so many events are shown while it runs."""

_PLAIN_EVERY = 2.0
"""Seconds between two plain lines."""


class Screen(Protocol):
    """Shows a view again and again."""

    def draw(self, view: View) -> None:
        """Show the view as it is now."""


class LiveScreen:
    """A screen that is drawn over."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def draw(self, view: View) -> None:
        """Show the view as it is now."""
        parts = Group(_headline(view), _middle(view), _recent(view))
        self._live.update(Panel(parts, title="CDNOW through Tidemark"), refresh=True)


class PlainScreen:
    """A line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._drawn = 0.0

    def draw(self, view: View) -> None:
        """Print a line, unless the last one has only just been printed."""
        if time.monotonic() - self._drawn < _PLAIN_EVERY:
            return
        self._drawn = time.monotonic()
        members = ", ".join(
            f"{segment} {view.tally.members(segment):,}" for segment in view.playbill.segments
        )
        self._console.print(f"{status(view)} | {members}", soft_wrap=True)


@contextmanager
def screen(console: Console) -> Iterator[Screen]:
    """The screen that suits the console."""
    if not console.is_terminal:
        yield PlainScreen(console)
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield LiveScreen(live)


def status(view: View) -> str:
    """The run in one line."""
    parts = [view.feed.instant[:10], f"{view.feed.sent:,} events", f"{view.speed():,.0f}/s"]
    if view.vitals:
        parts.append(f"{view.vitals.lag_records:,} waiting")
    if view.latencies:
        parts.append(f"decided in {quantile(view.latencies[-_LATELY:], 0.5) * 1000:.0f} ms")
    parts.append(f"{sum(view.tally.seen().values()):,} records out")
    return ", ".join(parts)


def _headline(view: View) -> Table:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(ratio=1)
    grid.add_row(Text(status(view), style="bold"))
    grid.add_row(ProgressBar(total=view.feed.total, completed=view.feed.sent))
    return grid


def _middle(view: View) -> Table:
    grid = Table.grid(padding=(1, 3), expand=True)
    grid.add_column(ratio=3)
    grid.add_column(ratio=2)
    grid.add_row(_segments(view), Group(_messages(view), Text(), _points(view)))
    return grid


def _segments(view: View) -> Table:
    table = Table("segment", "", box=None, pad_edge=False, expand=True)
    table.add_column("members", justify="right")
    members = {segment: view.tally.members(segment) for segment in view.playbill.segments}
    most = max(1, *members.values())
    for segment, count in members.items():
        bar = ProgressBar(
            total=most, completed=max(count, 0), width=24, complete_style="cyan", finished_style="cyan"
        )
        table.add_row(segment, bar, f"{count:,}")
    return table


def _messages(view: View) -> Table:
    table = Table("message", box=None, pad_edge=False, expand=True)
    table.add_column("sent", justify="right")
    for distribution in view.playbill.distributions:
        sent = sum(n for message, n in view.tally.messages.items() if message.distribution == distribution)
        table.add_row(distribution, f"{sent:,}")
    return table


def _points(view: View) -> Table:
    table = Table("earning rule", box=None, pad_edge=False, expand=True)
    table.add_column("points", justify="right")
    for rule in view.playbill.earning_rules:
        table.add_row(rule, f"{view.tally.points[rule]:,}")
    return table


def _recent(view: View) -> Table:
    grid = Table.grid(padding=(0, 1))
    recent = view.tally.recent
    for record in list(recent[CHANGES])[-4:]:
        grid.add_row(Text(_change(record), style="green" if record["change"] == "entered" else "dim"))
    for record in list(recent[TRIGGERS])[-2:]:
        grid.add_row(Text(_trigger(record), style="magenta"))
    for record in list(recent[POINTS])[-2:]:
        grid.add_row(Text(_grant(record), style="yellow"))
    return grid


def _change(record: Record) -> str:
    how = "as time passed" if record["cause"] == "time" else f"with {record['event_id']}"
    return f"{record['occurred_at'][:10]}  {record['customer_id']} {record['change']} {record['segment_id']} {how}"


def _trigger(record: Record) -> str:
    message = record["message"]
    line = f"{record['occurred_at'][:10]}  {record['customer_id']} is sent {message['template']}"
    return f"{line} {message['data']}" if message.get("data") else line


def _grant(record: Record) -> str:
    line = f"{record['occurred_at'][:10]}  {record['customer_id']} earns {record['points']} points"
    return f"{line} ({record['earning_rule_id']}), {record['balance']:,} on the card"
