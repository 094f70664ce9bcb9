"""Puts one question to all workers and gathers what they answer, until each partition has answered exactly once.

Decides when a partition is asked again: it is on its way to another worker, being restored, or its worker is busy or
away. A partition whose customers were told in part cannot be asked again, and is told as missing. Knows nothing of what
is asked.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any, NamedTuple, Protocol

import msgspec

from topology.asking.connecting import NoAnswer, request
from topology.asking.workers import Holder

PATIENCE_SECONDS = 10.0
"""How long is waited for a partition more to answer."""
_PAUSE_SECONDS = 0.25
_SILENCE_SECONDS = 60.0
"""A worker says several times a second how far it is, but it stands back behind everybody else."""
_CHUNK_BYTES = 1 << 18
_CHUNKS_AHEAD = 16
_ABOUT_PARTITION = b'{"partition":'

Counts = Mapping[str, Any]
"""What a partition says: ``customers`` so far, and what the question counts."""


class Listener(Protocol):
    """Is told what comes."""

    def listed(self, customers: Sequence[bytes]) -> None:
        """Some customers, each in JSON."""

    def counted(self, counts: Counts) -> None:
        """How far a partition is."""


class Inquiry(NamedTuple):
    """What is asked."""

    path: str
    body: Mapping[str, object]


@dataclass
class Gathered:
    """What came of it."""

    counts: dict[int, Counts] = field(default_factory=dict)
    """By partition that answered."""
    missing: dict[int, str] = field(default_factory=dict)
    """By partition that did not: why."""


class _Ended(NamedTuple):
    """A worker has nothing more to say."""

    holder: Holder
    numbers: Sequence[int]
    told: bool
    """Whether it told of customers."""
    reason: str
    """Why partitions are left, if any are."""


_Arrivals = queue.Queue[Sequence[bytes] | _Ended]


class Gathering:
    """One question on its way. ``holders`` tells who has which partition, each time that it is called."""

    def __init__(
        self, inquiry: Inquiry, holders: Callable[[], Mapping[int, Holder]], listener: Listener
    ) -> None:
        self._inquiry = inquiry
        self._holders = holders
        self._listener = listener
        self._gathered = Gathered()
        self._broken: set[int] = set()

    def gather(self, partitions: int, patience: float = PATIENCE_SECONDS) -> Gathered:
        """Ask until all partitions have answered, or none more did for so many seconds."""
        counts, missing = self._gathered.counts, self._gathered.missing
        deadline = time.monotonic() + patience
        while True:
            before = len(counts)
            self._ask([number for number in range(partitions) if number not in self._broken | counts.keys()])
            if len(counts) > before:
                deadline = time.monotonic() + patience
            if len(counts) + len(self._broken) == partitions or time.monotonic() >= deadline:
                left = [number for number in range(partitions) if number not in counts]
                return Gathered(counts, {number: missing[number] for number in left})
            time.sleep(_PAUSE_SECONDS)

    def _ask(self, numbers: Sequence[int]) -> None:
        """Ask everybody who has some of these, side by side."""
        holders, by_worker = self._holders(), dict[Holder, list[int]]()
        for number in numbers:
            holder = holders.get(number)
            if holder is None:
                self._gathered.missing[number] = "no worker has it" if holders else "no worker runs"
            elif holder.address is None:
                self._gathered.missing[number] = f"{holder.name} does not say where it is reached"
            else:
                by_worker.setdefault(holder, []).append(number)
        arrivals, over = _Arrivals(_CHUNKS_AHEAD), threading.Event()
        for holder, its in by_worker.items():
            body = msgspec.json.encode({**self._inquiry.body, "partitions": its})
            asking = (holder, its, self._inquiry.path, body)
            threading.Thread(target=_ask_worker, args=(asking, arrivals, over), daemon=True).start()
        try:
            self._take(arrivals, len(by_worker))
        finally:
            over.set()

    def _take(self, arrivals: _Arrivals, workers: int) -> None:
        while workers:
            arrived = arrivals.get()
            if isinstance(arrived, _Ended):
                workers -= 1
                left = [number for number in arrived.numbers if number not in self._gathered.counts]
                self._gathered.missing |= dict.fromkeys(left, f"{arrived.holder.name}: {arrived.reason}")
                self._broken.update(left if arrived.told else ())
            else:
                self._pass_on(arrived)

    def _pass_on(self, lines: Sequence[bytes]) -> None:
        customers = [line for line in lines if not line.startswith(_ABOUT_PARTITION)]
        if customers:
            self._listener.listed(customers)
        for line in lines:
            if line.startswith(_ABOUT_PARTITION):
                counts = msgspec.json.decode(line)
                self._listener.counted(counts)
                if counts.get("done"):
                    self._gathered.counts[counts["partition"]] = counts


def missing_text(missing: Mapping[int, str]) -> str:
    """Which partitions did not answer, and why: those of one reason together."""
    by_reason: dict[str, list[int]] = {}
    for number, reason in sorted(missing.items()):
        by_reason.setdefault(reason, []).append(number)
    lines = [
        f"  partition{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}: {reason}"
        for reason, numbers in by_reason.items()
    ]
    head = "Not everybody is counted, for these did not answer:"
    return "\n".join([head, *lines])


def _ask_worker(
    asking: tuple[Holder, Sequence[int], str, bytes], arrivals: _Arrivals, over: threading.Event
) -> None:
    """In a thread: ask one worker, and hand over what comes, until it is over."""
    holder, numbers, path, body = asking
    told, reason = False, "it is not in service yet"
    try:
        with request(holder, path, body, timeout=_SILENCE_SECONDS) as answer:
            for lines in _lines(answer):
                told = told or any(not line.startswith(_ABOUT_PARTITION) for line in lines)
                _hand_over(lines, arrivals, over)
    except NoAnswer as failure:
        reason = str(failure)
    _hand_over(_Ended(holder, numbers, told, reason), arrivals, over)


def _hand_over(what: Sequence[bytes] | _Ended, arrivals: _Arrivals, over: threading.Event) -> None:
    while not over.is_set():
        try:
            return arrivals.put(what, timeout=_PAUSE_SECONDS)
        except queue.Full:
            continue
    return None


def _lines(answer: HTTPResponse) -> Iterator[Sequence[bytes]]:
    """Whole lines, some at a time."""
    rest = b""
    while chunk := answer.read1(_CHUNK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        if whole:
            yield whole
