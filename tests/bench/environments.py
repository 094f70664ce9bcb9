"""A Python environment for each peer, made on first use and again when its pinned packages change.

Decides where it stands and when it is stale. Knows nothing of what runs in it.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from tests.bench.contestants import Contestant

ROOM = Path(".tidemark/bench")
"""Where the bench keeps what it makes, below the working directory."""


class ContestantError(Exception):
    """A contestant cannot begin; says what failed and what to do."""


def scripts_of(contestant: Contestant, *, directory: Path = ROOM) -> Path:
    """The directory of the contestant's ``python``, with its packages installed."""
    if contestant.requirements is None:
        return Path(sys.executable).parent
    place = directory / contestant.requirements.parent.name
    wanted = hashlib.sha256(contestant.requirements.read_bytes()).hexdigest()
    stamp = place / "requirements.sha256"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        _make(place, contestant.requirements)
        stamp.write_text(wanted, encoding="utf-8")
    return (place / "bin").absolute()


def _make(place: Path, requirements: Path) -> None:
    venv.create(place, clear=True, with_pip=True)
    command = [
        str(place / "bin/python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--requirement",
        str(requirements),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContestantError(
            f"the packages of {requirements} could not be installed into {place}; "
            f"check that PyPI can be reached, or leave the peer out with --only.\n{done.stderr.strip()}",
        )
