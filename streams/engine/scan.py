"""A process that goes through images of partitions and answers one question: ``python -m streams.engine.scan``.

It keeps the worker's interpreter free. The job comes as JSON on standard input; answers go to standard output, a JSON
object a line: ``{"customer_id": …}`` for each customer that is told of, and now and then ``{"partition": …}`` with what
was counted; with ``"done": true`` it is the partition's last.
"""

import contextlib
import gc
import sys
import time
from pathlib import Path
from typing import IO

import msgspec

from streams.domain.filters import Vocabulary
from streams.domain.instants import Instant, format_instant
from streams.engine.questions import Inquiry, Question
from streams.engine.state_codec import decode_facts
from streams.engine.store_image import StoreImage, customer_of

_EVERY_SECONDS = 0.25


class ImageOf(msgspec.Struct, frozen=True):
    """The image of one partition."""

    partition: int
    path: str
    now: Instant
    """The reading of its clock."""


class Job(msgspec.Struct, frozen=True):
    """All that a process has to know."""

    question: Question
    vocabulary: Vocabulary
    images: tuple[ImageOf, ...]


class Answer:
    """What is said of one partition."""

    def __init__(self, partition: int, inquiry: Inquiry, out: IO[bytes]) -> None:
        self._partition = partition
        self._inquiry = inquiry
        self._out = out
        self._next = time.monotonic() + _EVERY_SECONDS

    def go_on(self, customers: int) -> None:
        """Tell of customers, and how far it is if nothing was said for a while."""
        self._tell()
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY_SECONDS
            self._say({"customers": customers, **self._inquiry.result()})

    def end(self, customers: int, now: Instant) -> None:
        """Tell of the last customers, and the result."""
        self._tell()
        result = {"customers": customers, **self._inquiry.result()}
        self._say({**result, "at": format_instant(now), "done": True})

    def _tell(self) -> None:
        self._out.writelines(msgspec.json.encode(told) + b"\n" for told in self._inquiry.listed())

    def _say(self, what: dict[str, object]) -> None:
        self._out.write(msgspec.json.encode({"partition": self._partition, **what}) + b"\n")
        self._out.flush()


def scan(job: Job, out: IO[bytes]) -> None:
    """Go through the images, one after the other."""
    for image in job.images:
        opened = StoreImage(Path(image.path))
        try:
            _scan(opened, image, job, out)
        finally:
            opened.close()


def _scan(opened: StoreImage, image: ImageOf, job: Job, out: IO[bytes]) -> None:
    inquiry = job.question.begin(job.vocabulary)
    answer, look = Answer(image.partition, inquiry, out), inquiry.look
    met = 0
    for batch in opened.customers():
        for key, record in batch:
            look(decode_facts(record, customer_of(key), image.now))
        met += len(batch)
        answer.go_on(met)
    answer.end(met, image.now)


def main() -> None:
    """Do the job on standard input."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    gc.disable()  # what is made for each customer refers to nothing that refers back
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more
        scan(job, sys.stdout.buffer)


if __name__ == "__main__":
    main()
