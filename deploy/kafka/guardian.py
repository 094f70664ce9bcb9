"""A broker that lives no longer than the process that asked for it, however that process ends.

Decides nothing about brokers. The owner holds a lock, which the system releases when the owner ends, killed or not;
a guardian process waits for the lock, and finding it free stops the broker and removes its directory.
"""

import fcntl
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.kafka.configuration import Relay
from deploy.kafka.local_broker import LocalBroker
from deploy.kafka.processes import launch


@contextmanager
def temporary_directory() -> Iterator[Path]:
    """A directory for guarded brokers; at the end they are stopped and it is removed."""
    directory = Path(tempfile.mkdtemp(prefix="tidemark-broker-"))
    with (directory / "owner").open("w") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        try:
            yield directory
        finally:
            _remove(directory)


def guarded_broker(
    directory: Path,
    jars: Path,
    report: Callable[[str], None] = lambda _: None,
    relay: Relay | None = None,
) -> LocalBroker:
    """A broker, not yet started, in a ``temporary_directory``; started or not, it will not outlive the owner."""
    launch([sys.executable, "-m", "deploy.kafka.guardian", str(directory)], directory / "guardian.log")
    return LocalBroker(directory / "broker", jars=jars, report=report, relay=relay)


@contextmanager
def temporary_broker(
    jars: Path, report: Callable[[str], None] = lambda _: None, relay: Relay | None = None
) -> Iterator[LocalBroker]:
    """A started broker with data of its own, for as long as the block lasts; ``jars`` is where Kafka's are kept."""
    with temporary_directory() as directory:
        broker = guarded_broker(directory, jars, report, relay)
        broker.start()
        yield broker


def _remove(directory: Path) -> None:
    LocalBroker(directory / "broker").discard()
    shutil.rmtree(directory, ignore_errors=True)


def _outlive_owner(directory: Path) -> None:
    """Wait until nobody owns the directory, then remove what is left of it."""
    with (directory / "owner").open("r") as owner:
        fcntl.flock(owner, fcntl.LOCK_SH)
    if directory.exists():
        _remove(directory)


if __name__ == "__main__":
    _outlive_owner(Path(sys.argv[1]))
