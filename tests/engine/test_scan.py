"""The process that goes through images: what it says of them, and how it ends."""

import io
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from streams.domain.instants import Instant
from streams.engine import scan as scanning
from streams.engine.questions import Find
from streams.engine.scan import ImageOf, Job, scan
from tests.engine.asking import OFTEN, VOCABULARY, opened, read

COMMAND = (sys.executable, "-m", "streams.engine.scan")


@pytest.fixture
def images(tmp_path: Path) -> tuple[ImageOf, ...]:
    """Two partitions: of 2,000 customers one in four visited more than twice; the other is empty."""
    visits = {f"c{number:04}": 1 + number % 4 for number in range(2_000)}
    for number, its in enumerate((visits, {})):
        store = opened(tmp_path / f"store-{number}", its)
        assert store.take_image(tmp_path / f"image-{number}")
        store.close()
    return tuple(ImageOf(number, str(tmp_path / f"image-{number}"), Instant(1_000)) for number in (0, 1))


def test_each_partition_is_told_to_its_end(images: tuple[ImageOf, ...]) -> None:
    """Customers with their columns, then what was counted and at which reading of the clock."""
    question = Find(filter=OFTEN, columns=("events.visit.count",), limit=2)
    done = subprocess.run(
        COMMAND, input=msgspec.json.encode(Job(question, VOCABULARY, images)), capture_output=True, check=True
    )
    said = read([done.stdout])
    assert said.customers == [
        {"customer_id": "c0002", "events.visit.count": 3},
        {"customer_id": "c0003", "events.visit.count": 4},
    ]
    at = "1970-01-01T00:00:01Z"
    assert said.last == {
        0: {"partition": 0, "customers": 2_000, "matched": 1_000, "at": at, "done": True},
        1: {"partition": 1, "customers": 0, "matched": 0, "at": at, "done": True},
    }
    assert done.stderr == b""


def test_how_far_it_is_is_told_now_and_then(
    images: tuple[ImageOf, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks at the clock, what was counted so far; it only grows."""
    monkeypatch.setattr(scanning, "_EVERY_SECONDS", 0)
    out = io.BytesIO()
    scan(Job(Find(filter=OFTEN), VOCABULARY, images[:1]), out)
    said = [msgspec.json.decode(line) for line in out.getvalue().splitlines()]
    assert [each["customers"] for each in said] == [1_024, 2_000, 2_000]
    assert [each["matched"] for each in said] == [512, 1_000, 1_000]
    assert [each.get("done", False) for each in said] == [False, False, True]


def test_it_ends_when_nobody_listens(images: tuple[ImageOf, ...]) -> None:
    """As after the death of its worker: quietly, however much there is left to tell."""
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(msgspec.json.encode(Job(Find(limit=None), VOCABULARY, images)))
        process.stdin.close()
        assert process.stderr.read() == b""
        process.wait(30)


def test_what_is_damaged_is_not_answered(images: tuple[ImageOf, ...]) -> None:
    """The process fails loudly, and the partition has no last line."""
    for file in Path(images[0].path).glob("*.sst"):
        os.truncate(file, file.stat().st_size // 2)
    job = msgspec.json.encode(Job(Find(), VOCABULARY, images[:1]))
    done = subprocess.run(COMMAND, input=job, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"Corruption" in done.stderr
    assert read([done.stdout]).last == {}
