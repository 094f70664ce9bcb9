"""The whole demo in order: rehearse, set the stage, replay, strike, tell.

Decides what runs when, and that all of it has ended at the end. What is seen and told stands in other modules.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from deploy.demo import cdnow
from deploy.demo.closing import print_verdict, print_what_next
from deploy.demo.cluster import cluster
from deploy.demo.comparison import Comparison, read_expected
from deploy.demo.feed import Feed, Pace
from deploy.demo.playbill import DEFINITIONS, read_playbill
from deploy.demo.processes import Command, DemoError, await_ready, command, cpu_seconds_of_children
from deploy.demo.replay import Replay
from deploy.demo.screen import screen
from deploy.demo.stage import Stage, installed, stage_on
from deploy.demo.summary import print_summary
from deploy.demo.tally import Tally
from deploy.demo.view import View, months_between
from deploy.demo.watch import watch
from streams.domain.instants import parse_instant

DIRECTORY = Path(".tidemark") / "demo"
"""Where logs and files of the latest run stand."""

END = "1998-07-01T00:00:00Z"
"""The instant to which the clock is moved after the last purchase."""

_REHEARSAL_PATIENCE = 180.0
_READY_PATIENCE = 60.0


class Options(NamedTuple):
    """How the demo is to be run."""

    pace: Pace
    keep: bool
    """Whether the topics stay."""


class Reporter:
    """Says what is being done, and when since the beginning."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def __call__(self, step: str) -> None:
        """Say a step."""
        self._console.print(
            f"[dim]{self.seconds:4.0f} s[/dim]  {escape(step)}", highlight=False, soft_wrap=True
        )

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began


def play(options: Options, console: Console) -> bool:
    """Run the demo and tell what happened; whether stream and backtest agree.

    Raises ``DemoError`` and ``ConfigurationError``. Broker and worker have ended when it returns or raises.
    """
    report = Reporter(console)
    history = cdnow.events()
    _prepare(history)
    with _rehearsal(report) as rehearsal, _stage(options, report) as stage:
        with _worker(stage, report) as worker:
            expected = _expected(rehearsal, report)
            cpu_before = cpu_seconds_of_children()
            view = _replay(_opening(history, expected, options, stage), stage, worker, console)
            report("stopping worker and broker")
        worker_cpu_seconds = cpu_seconds_of_children() - cpu_before
    print_summary(console, view, worker_cpu_seconds=worker_cpu_seconds)
    agree = print_verdict(console, view.comparison)
    print_what_next(console, DIRECTORY, stage.settings if options.keep else None)
    console.print(f"\n[dim]The demo took {report.seconds:.0f} s in all.[/dim]", highlight=False)
    return agree


def _prepare(history: list[cdnow.PurchaseEvent]) -> None:
    """An empty directory with the events in it."""
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    DIRECTORY.mkdir(parents=True)
    (DIRECTORY / "events.ndjson").write_text("".join(map(cdnow.as_line, history)), encoding="utf-8")


@contextmanager
def _rehearsal(report: Reporter) -> Iterator[Command]:
    """The backtest to which the stream is held; it runs while Kafka starts."""
    report("working out without Kafka what should happen (`tidemark backtest`)")
    events, out = str(DIRECTORY / "events.ndjson"), str(DIRECTORY / "backtest")
    files = ["--definitions", str(DEFINITIONS), "--events", events, "--until", END, "--out", out]
    environment = stage_on("localhost:9092", DIRECTORY).environment  # no broker is asked
    with command(["backtest", *files], environment, DIRECTORY / "backtest.log") as started:
        yield started


@contextmanager
def _stage(options: Options, report: Reporter) -> Iterator[Stage]:
    with cluster(report, lasting=options.keep) as bootstrap:
        stage = stage_on(bootstrap, DIRECTORY)
        with installed(stage.settings, keep=options.keep) as definitions:
            report(f"created the topics {stage.settings.topic_prefix}… and applied {definitions} definitions")
            yield stage


@contextmanager
def _worker(stage: Stage, report: Reporter) -> Iterator[Command]:
    log = DIRECTORY / "worker.log"
    with command(["worker"], stage.environment, log) as worker:
        await_ready(worker, _address(stage), _READY_PATIENCE)
        report(f"a worker is ready at {_address(stage)}, its log in {log}")
        yield worker


def _expected(rehearsal: Command, report: Reporter) -> Comparison:
    rehearsal.finish(_REHEARSAL_PATIENCE)
    comparison = Comparison(read_expected(DIRECTORY / "backtest"))
    if not comparison.total:
        raise DemoError(f"the backtest expects nothing at all; see {DIRECTORY / 'backtest'}")
    report(f"the backtest expects {comparison.total:,} records; now for the real thing")
    return comparison


def _opening(
    history: list[cdnow.PurchaseEvent], expected: Comparison, options: Options, stage: Stage
) -> View:
    months = months_between(history[0]["occurred_at"], history[-1]["occurred_at"])
    return View(read_playbill(), months, Tally(), expected, Feed(history, stage.settings, options.pace))


def _replay(view: View, stage: Stage, worker: Command, console: Console) -> View:
    with watch(stage.settings) as outputs, view.feed, screen(console) as shown:
        Replay(view, outputs, worker, shown, _address(stage)).run(stage.settings, parse_instant(END))
    return view


def _address(stage: Stage) -> str:
    return f"http://{stage.settings.http_host}:{stage.settings.http_port}"
