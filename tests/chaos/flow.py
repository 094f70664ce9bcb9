"""Purchases that flow while something happens: a trickle as long as it takes, and then all the rest."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tests.broker.installation import TIDEMARK, Installation
from tests.chaos.purchases import CHAOS_DEFINITIONS, LAST_DAY, write_purchases

TRICKLE = 50
"""Events between two looks at the clock."""
LOOK_SECONDS = 0.05


def empty(bootstrap: str, prefix: str, directory: Path) -> Installation:
    """An installation to which nothing was sent yet."""
    installation = Installation(bootstrap, prefix, directory)
    installation.apply(CHAOS_DEFINITIONS)
    return installation


@contextmanager
def flowing(installation: Installation) -> Iterator[None]:
    """Purchases flow while the context is open; when it is left all are written, and the clock told to go on."""
    lines = (
        write_purchases(installation.directory / "purchases.ndjson").read_bytes().splitlines(keepends=True)
    )
    sending = subprocess.Popen(
        (*TIDEMARK, "produce", "-"),
        env=installation.environment,
        cwd=installation.directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert sending.stdin is not None
    left = threading.Event()
    feeding = threading.Thread(target=_feed, args=(sending.stdin, lines, left))
    feeding.start()
    try:
        yield
        assert feeding.is_alive(), "what should have happened in mid-stream happened after it"
    finally:
        left.set()
        feeding.join()
        assert sending.wait(120) == 0
    installation.run("tick", "--to", LAST_DAY)


def _feed(sink: BinaryIO, lines: list[bytes], left: threading.Event) -> None:
    for start in range(0, len(lines), TRICKLE):
        left.wait(LOOK_SECONDS)
        sink.write(b"".join(lines[start : start + TRICKLE]))
        sink.flush()
    sink.close()
