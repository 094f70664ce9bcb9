"""One run of one contestant: fresh topics, a full input, a process, and what is seen of it from outside.

Decides the order of things and what counts as finished; the same for all:

1. commands that prepare (for Tidemark: ``apply``), topics, input written in full;
2. the process starts; committed offsets of its group, its CPU time and its memory are sampled every 50 ms;
3. it has finished when all of the input is committed, and failed when it ends by itself or its time limit passes;
4. committed outputs are read (``read_committed``) and compared with those computed from the input;
5. the process is stopped, its topics and state are removed.

Does not know which part of the samples becomes the figure: see ``figures.steady_window``.
"""

import itertools
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tests.bench.cluster import Cluster
from tests.bench.contestants import Contestant
from tests.bench.environments import ROOM, ContestantError, scripts_of
from tests.bench.figures import Sample, Window, steady_window
from tests.bench.job import Verdict, expected_entries, judge, purchases, read_entry, wire_form
from tests.bench.machine import busy_percent
from tests.bench.processes import Watched

_SAMPLE_SECONDS = 0.05


class Size(NamedTuple):
    """How much work there is."""

    events: int
    customers: int


@dataclass(frozen=True)
class Outcome:
    """What one run showed."""

    events: int
    finished: bool
    committed: int
    window: Window
    whole_seconds: float
    """From the start of the process to the last commit, start-up and idle waiting included."""
    first_commit_seconds: float | None
    """From the start of the process to the first commit."""
    stop_seconds: float
    peak_bytes: int
    busy_percent: float
    """How busy the machine was before the program started, the broker's rest after filling included."""
    verdict: Verdict
    complaint: str = ""
    """What the process said when it failed."""


@dataclass(frozen=True)
class _Seen:
    samples: list[Sample]
    finished: bool
    complaint: str


class _Time(NamedTuple):
    began: float
    limit_seconds: float


def run(contestant: Contestant, cluster: Cluster, size: Size) -> Outcome:
    """Do the job once. Raises ``ContestantError`` if it cannot even begin."""
    events = int(size.events * contestant.share)
    place = _Place(contestant, cluster)
    try:
        place.prepare()
        cluster.create(place.input_topic, place.output_topic)
        sequence = purchases(events, size.customers)
        cluster.fill(place.input_topic, ((p.customer_id, wire_form(p)) for p in sequence))
        return _measured(place, Size(events, size.customers))
    finally:
        cluster.delete(place.name)
        shutil.rmtree(place.directory, ignore_errors=True)


class _Place:
    """The names and the directory of one run."""

    def __init__(self, contestant: Contestant, cluster: Cluster) -> None:
        self.contestant, self.cluster = contestant, cluster
        self.name = f"bench-{contestant.name}-{secrets.token_hex(4)}"
        self.directory = (ROOM / "runs" / self.name).absolute()
        (self.directory / "state").mkdir(parents=True)
        scripts = scripts_of(contestant)
        self._values = {
            "run": self.name,
            "bootstrap": cluster.bootstrap,
            "state": str(self.directory / "state"),
            "bin": str(scripts),
            "python": str(scripts / "python"),
        }
        self.input_topic = self.fill(contestant.input_topic)
        self.output_topic = self.fill(contestant.output_topic)
        self.group = self.fill(contestant.group)
        self.command = [self.fill(part) for part in contestant.command]
        self.environment = {name: self.fill(value) for name, value in contestant.environment.items()}

    def fill(self, text: str) -> str:
        return self.contestant.fill(text, self._values)

    def prepare(self) -> None:
        for command in self.contestant.prepare:
            filled = [self.fill(part) for part in command]
            environment = {**os.environ, **self.environment}
            done = subprocess.run(filled, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise ContestantError(f"{' '.join(filled)} failed:\n{done.stdout}{done.stderr}")


def _measured(place: _Place, size: Size) -> Outcome:
    expected = expected_entries(purchases(*size))
    busy = busy_percent()
    began = time.monotonic()
    with (
        place.cluster.progress(place.group, place.input_topic) as committed,
        Watched(place.command, place.environment, place.directory / "log") as process,
    ):
        seen = _watch(process, committed, size.events, _Time(began, place.contestant.limit_seconds))
        patience = 10.0 if seen.finished else 0.0
        values = place.cluster.records(place.output_topic, at_least=len(expected), patience=patience)
        verdict = judge(expected, map(read_entry, values))
        stop_seconds = process.stop()
        peak_bytes = process.peak_bytes
    reached = max(seen.samples, key=lambda sample: sample.committed, default=Sample(began, 0, 0.0))
    first = next((sample.at - began for sample in seen.samples if sample.committed), None)
    return Outcome(
        events=size.events,
        finished=seen.finished,
        committed=reached.committed,
        window=steady_window(seen.samples, size.events, int(size.events * place.contestant.warm_up)),
        whole_seconds=reached.at - began,
        first_commit_seconds=first,
        stop_seconds=stop_seconds,
        peak_bytes=peak_bytes,
        busy_percent=busy,
        verdict=verdict,
        complaint=seen.complaint,
    )


def _watch(process: Watched, progress: Callable[[], int], events: int, time_: _Time) -> _Seen:
    """Sample until all is committed, the process ends, or the time limit passes."""
    began, limit = time_
    samples: list[Sample] = []
    for turn in itertools.count(1):
        committed = progress()
        samples.append(Sample(time.monotonic(), committed, process.sample()))
        if committed >= events:
            return _Seen(samples, finished=True, complaint="")
        if process.exit_code is not None:
            ended = f"ended by itself with code {process.exit_code}\n{process.last_words()}"
            return _Seen(samples, finished=False, complaint=ended)
        if time.monotonic() - began > limit:
            late = f"{committed:,} of {events:,} events committed in {limit:.0f} s"
            return _Seen(samples, finished=False, complaint=late)
        time.sleep(max(0.0, began + turn * _SAMPLE_SECONDS - time.monotonic()))
    raise AssertionError("unreachable: the count has no end")
