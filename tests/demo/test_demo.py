"""The whole demo against a real Kafka: what it claims, and what it leaves behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient

pytestmark = pytest.mark.broker

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def demo(kafka: Any, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo on the Kafka of the tests, in a directory of its own."""
    environment = {**os.environ, "TIDEMARK_BOOTSTRAP": kafka.bootstrap, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "deploy.demo"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process
        process.kill()


def said_until(demo: subprocess.Popen[str], words: str) -> str:
    """What the demo said up to the line with these words, which have to come."""
    assert demo.stdout
    said = ""
    for line in iter(demo.stdout.readline, ""):
        said += line
        if words in line:
            return said
    return pytest.fail(f"it never said {words!r}: {said}")


def topics(kafka: Any) -> set[str]:
    """The topics of demos that the cluster has."""
    known = AdminClient({"bootstrap.servers": kafka.bootstrap}).list_topics(timeout=10).topics
    return {name for name in known if name.startswith("demo-")}


def commands_in(directory: Path) -> list[str]:
    """The command lines of all processes that run in this directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == directory:
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


def test_the_stream_agrees_with_the_backtest_and_nothing_is_left_behind(
    demo: subprocess.Popen[str], kafka: Any, tmp_path: Path
) -> None:
    """All of CDNOW through Kafka: the same records as by ``backtest``, members as SQL has them, and a clean end."""
    said, _ = demo.communicate(timeout=400)
    assert demo.returncode == 0, said
    assert re.search(r"The stream agrees with the backtest: [\d,]{7,} records", said)
    assert re.search(r"69,659 events in, [\d,]{7,} records out", said)
    assert re.search(r"one-time-buyers .*11,908 │\n", said)
    assert re.search(r"lapsed .*18,210 │\n", said)
    assert topics(kafka) == set()
    assert commands_in(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "moment"),
    [(signal.SIGINT, "records out"), (signal.SIGTERM, "created the topics")],
    ids=["Ctrl-C in the replay", "SIGTERM before the worker is ready"],
)
def test_a_signal_ends_it_in_order(
    demo: subprocess.Popen[str], kafka: Any, tmp_path: Path, number: signal.Signals, moment: str
) -> None:
    """Worker and topics go, and the exit code names the signal."""
    before = said_until(demo, moment)
    demo.send_signal(number)
    after, _ = demo.communicate(timeout=60)
    assert demo.returncode == 128 + number, before + after
    assert topics(kafka) == set()
    assert commands_in(tmp_path) == []


def test_killed_it_leaves_no_worker_behind(demo: subprocess.Popen[str], tmp_path: Path) -> None:
    """Even where it can tidy up nothing itself, its processes end within 20 s."""
    said_until(demo, "a worker is ready")
    assert any("worker" in command for command in commands_in(tmp_path))
    demo.kill()
    demo.wait(10)
    deadline = time.monotonic() + 20
    while commands_in(tmp_path) and time.monotonic() < deadline:
        demo.poll()
    assert commands_in(tmp_path) == []


def test_a_kafka_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The address and what to do, in one message, without a stack trace."""
    environment = {**os.environ, "TIDEMARK_BOOTSTRAP": "127.0.0.1:9", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "deploy.demo"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
