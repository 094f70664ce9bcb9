"""``tidemark backtest``: definitions over a history of events, without Kafka."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from streams.domain.instants import Instant
from topology.parameters import DIRECTORY, EVENTS_FILE, INSTANT

if TYPE_CHECKING:
    from schemas.catalog import Catalog
    from streams.domain.events import Event
    from topology.backtest import Profiles
    from topology.history import History
    from topology.settings import Settings


@click.command(short_help="Run definitions over a history of events, without Kafka.")
@click.option("--definitions", required=True, type=DIRECTORY, help="Directory of definitions.")
@click.option("--events", required=True, type=EVENTS_FILE, help="NDJSON, plain or .gz; - is standard input.")
@click.option("--customers", type=EVENTS_FILE, help="NDJSON of profiles known before the first event.")
@click.option("--until", type=INSTANT, help="Let time pass until then; the last event otherwise.")
@click.option("--out", required=True, type=DIRECTORY, help="Directory to write to; made if missing.")
def backtest(definitions: Path, events: str, customers: str | None, until: Instant | None, out: Path) -> None:
    """Run definitions over a history of events, without Kafka.

    The same decisions as a worker makes, by the same code, with the clock of the history: deadlines that lie
    between events are taken at their own instants. Events may come in any order. Each needs its own
    `occurred_at`.

    \b
    Written to --out:
      segment-changes.ndjson            who entered and left what, when, and why
      distribution-triggers.ndjson      messages to send
      distribution-suppressions.ndjson  messages held back, and why
      point-events.ndjson               points granted
      rejected-events.ndjson            lines that are no events, and why
      summary.json                      all of it in numbers

    \b
    Examples:
      tidemark backtest --definitions definitions/ --events 1998.ndjson.gz --out out/
      tidemark backtest --definitions new/ --events - --until 1998-12-31 --out out/ < 1998.ndjson
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.settings import Settings

    request = Request(definitions, events, customers, until, out)
    _show(_perform(request, Settings.from_environment()), out)


class Request(NamedTuple):
    """What was asked for."""

    definitions: Path
    events: str
    customers: str | None
    until: Instant | None
    out: Path


def _perform(request: Request, settings: Settings) -> dict[str, Any]:
    """Run the backtest, write its files and return its summary."""
    from topology.backtest import in_order, run
    from topology.backtest_files import Bounds, summarise, write_records, write_summary
    from topology.definitions.directory import check_directory
    from topology.history import until_of, up_to

    began = time.perf_counter()
    checked = check_directory(request.definitions, settings, clock="stream", without=request.out)
    profiles = _profiles(request.customers)
    history = _history(request.events, checked.catalog, settings)
    end = until_of(history.events, request.until)
    ordered = in_order(up_to(history.events, end))
    outcome = run(_watched(ordered), checked.ruleset, profiles=profiles, until=end)
    write_records(request.out, outcome, history.refused, request.events, end)
    bounds = Bounds(ordered[0].occurred_at if ordered else end, end)
    summary = summarise(history, outcome, checked.ruleset, bounds, time.perf_counter() - began)
    write_summary(request.out, summary)
    return summary


def _profiles(file: str | None) -> Profiles:
    from topology.history import read_profiles
    from topology.lines import read_lines

    return {} if file is None else read_profiles(read_lines(file, "customers"), file)


def _history(file: str, catalog: Catalog, settings: Settings) -> History:
    from schemas.wire import EventReader
    from topology.history import read_history
    from topology.lines import read_lines

    reader = EventReader(catalog, max_ahead_ms=settings.max_event_ahead)
    now = Instant(time.time_ns() // 1_000_000)
    return read_history(read_lines(file, "reading"), reader, received_at=now)


def _watched(events: list[Event]) -> Iterator[Event]:
    """The events, with a progress bar."""
    from topology.lines import bar

    with bar("deciding", len(events)) as (progress, task):
        for done, event in enumerate(events):
            if done % 1_000 == 0:
                progress.update(task, completed=done)
            yield event


def _show(summary: Mapping[str, Any], out: Path) -> None:
    """The summary as a person reads it."""
    from topology.backtest_files import REJECTED

    events = summary["events"]
    click.echo(
        f"{events['accepted']:,} events of {summary['customers']:,} customers from {summary['from']} "
        f"to {summary['to']}; {events['rejected']:,} rejected, {events['duplicates']:,} duplicates, "
        f"{events['after_until']:,} after the end. {summary['events_per_second']:,} events/s.",
    )
    for reason, lines in events["rejected_by_reason"].items():
        click.echo(f"  rejected {reason:<31} {lines:>9,} lines, see {out / REJECTED}")
    if summary["cascades_cut"]:
        click.echo(
            f"  internal events set one another off without end {summary['cascades_cut']:,} times, "
            f"see {out / REJECTED}"
        )
    if not any(summary[key] for key in ("segments", "triggers", "suppressed", "points")):
        click.echo("  nothing was decided: there are no segments, and nothing was sent or granted")
    for segment, counts in summary["segments"].items():
        entered, left = (sum(counts.get(change, {}).values()) for change in ("entered", "left"))
        click.echo(
            f"  segment {segment:<32} {entered:>9,} entered {left:>9,} left {counts['members']:>9,} members"
        )
    for distribution, triggers in summary["triggers"].items():
        click.echo(f"  distribution {distribution:<27} {triggers:>9,} triggers")
    for distribution, reasons in summary["suppressed"].items():
        held_back = ", ".join(f"{reason} {times:,}" for reason, times in reasons.items())
        click.echo(f"  distribution {distribution:<27} {sum(reasons.values()):>9,} held back: {held_back}")
    for rule, sums in summary["points"].items():
        click.echo(f"  earning rule {rule:<27} {sums['grants']:>9,} grants  {sums['points']:>9,} points")
    click.echo(f"Written to {out}.")
