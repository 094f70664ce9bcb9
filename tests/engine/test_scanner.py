"""Questions to the stores of a worker: several processes, one answer, and nothing left behind."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.engine.images import Images
from streams.engine.questions import Find
from streams.engine.scanner import Asked, Busy, Scanner
from streams.engine.state_store import StateStore
from tests.engine.asking import OFTEN, VOCABULARY, opened, read

ROOT = Path(__file__).parents[2]
VISITS = {number: {f"c{number}-{each}": 1 + each % 4 for each in range(40)} for number in range(5)}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[dict[int, StateStore]]:
    """Five partitions of forty customers, ten of whom visited three times, ten four times."""
    made = {number: opened(tmp_path / str(number), its) for number, its in VISITS.items()}
    yield made
    for store in made.values():
        store.close()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Where images stand."""
    return tmp_path / "images"


def asked(stores: dict[int, StateStore]) -> dict[int, Asked]:
    """All of them, at some instant."""
    return {number: Asked(store, Instant(5)) for number, store in stores.items()}


@pytest.mark.parametrize("processes", [1, 2, 9])
def test_every_partition_answers_once(stores: dict[int, StateStore], room: Path, processes: int) -> None:
    """However many processes there are, each line is whole, and no image is left."""
    lines = list[bytes]()
    Scanner(Images(room), processes).scan(
        Find(filter=OFTEN, limit=None), VOCABULARY, asked(stores), lines.append
    )
    said = read(lines)
    assert {number: each["matched"] for number, each in said.last.items()} == dict.fromkeys(VISITS, 20)
    expected = {who for its in VISITS.values() for who, times in its.items() if times > 2}
    assert sorted(each["customer_id"] for each in said.customers) == sorted(expected)
    assert all(line.endswith(b"\n") for line in lines)
    assert list(room.iterdir()) == []


def test_a_partition_that_went_away_does_not_answer(stores: dict[int, StateStore], room: Path) -> None:
    """The others do."""
    chosen, lines = asked(stores), list[bytes]()
    stores.pop(3).close()
    Scanner(Images(room)).scan(Find(), VOCABULARY, chosen, lines.append)
    assert sorted(read(lines).last) == [0, 1, 2, 4]


def test_with_nothing_to_look_at_nothing_is_said(room: Path) -> None:
    """As in a worker that has no partition in service."""
    lines = list[bytes]()
    Scanner(Images(room)).scan(Find(), VOCABULARY, {}, lines.append)
    assert lines == []


def test_when_nobody_listens_all_is_let_go(stores: dict[int, StateStore], room: Path) -> None:
    """Processes and images are gone, and another question may be asked."""
    scanner = Scanner(Images(room), 2)

    def gone(_: bytes) -> None:
        raise BrokenPipeError

    for _ in range(5):
        with pytest.raises(BrokenPipeError):
            scanner.scan(Find(limit=None), VOCABULARY, asked(stores), gone)
    assert list(room.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_processes_run_while_nothing_else_wants_to(stores: dict[int, StateStore], room: Path) -> None:
    """All that were begun for a question, and not the worker."""
    policies, own = list[set[int]](), os.sched_getscheduler(0)

    def look(_: bytes) -> None:
        told = [task.read_text(encoding="ascii") for task in Path("/proc/self/task").glob("*/children")]
        policies.append({os.sched_getscheduler(int(child)) for child in " ".join(told).split()})

    Scanner(Images(room), 1).scan(Find(), VOCABULARY, asked(stores), look)
    assert policies[0] == {os.SCHED_IDLE}
    assert os.sched_getscheduler(0) == own


def test_few_questions_are_looked_into_at_a_time(stores: dict[int, StateStore], room: Path) -> None:
    """A third is turned away until one of the others has its answer."""
    scanner, begun, go_on = Scanner(Images(room), 1), threading.Semaphore(0), threading.Event()

    def hold(_: bytes) -> None:
        begun.release()
        go_on.wait(60)

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(scanner.scan, Find(), VOCABULARY, asked(stores), hold) for _ in range(2)]
        for _ in waiting:
            assert begun.acquire(timeout=60)
        with pytest.raises(Busy):
            scanner.scan(Find(), VOCABULARY, asked(stores), hold)
        go_on.set()
        for each in waiting:
            each.result()
    scanner.scan(Find(), VOCABULARY, asked(stores), hold)


def test_a_worker_that_stops_waits_for_no_reader(tmp_path: Path) -> None:
    """Somebody may have stopped reading in the middle of an answer: the process ends, and leaves no image."""
    program = f"""
import threading
from pathlib import Path
from streams.domain.instants import Instant
from streams.engine.images import Images
from streams.engine.questions import Find
from streams.engine.scanner import Asked, Scanner
from tests.engine.asking import VOCABULARY, opened
store, reading = opened(Path({str(tmp_path / "0")!r}), {{"c": 1}}), threading.Event()
def read(_):
    reading.set()
    threading.Event().wait()
scanner = Scanner(Images(Path({str(tmp_path / "images")!r})))
asked = (Find(), VOCABULARY, {{0: Asked(store, Instant(0))}}, read)
threading.Thread(target=scanner.scan, args=asked, daemon=True).start()
assert reading.wait(60)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)
    assert list((tmp_path / "images").iterdir()) == []
