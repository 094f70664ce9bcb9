"""An environment for each peer, made on first use and again when what it is made from changes.

Decides where it stands, when it is stale, and who makes it: pip from a ``requirements.txt``, Maven from a
``pom.xml``. Knows nothing of what runs in it.
"""

import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from tests.bench.contestants import Contestant

ROOM = Path(".tidemark/bench")
"""Where the bench keeps what it makes, below the working directory."""


class ContestantError(Exception):
    """A contestant cannot begin; says what failed and what to do."""


def scripts_of(contestant: Contestant, *, directory: Path = ROOM) -> Path:
    """The directory of the contestant's ``python`` with its packages installed, or of its program's jars."""
    if contestant.requirements is None:
        return Path(sys.executable).parent
    by_maven = contestant.requirements.name == "pom.xml"
    if by_maven:
        _look_for("java")
    place = directory / contestant.requirements.parent.name
    wanted = fingerprint(contestant.requirements)
    stamp = place / "made-from.sha256"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        (_build if by_maven else _install)(place, contestant.requirements)
        stamp.write_text(wanted, encoding="utf-8")
    return (place if by_maven else place / "bin").absolute()


def fingerprint(requirements: Path) -> str:
    """Changes when an environment must be made anew: with its packages, and with the source of what is compiled."""
    room = requirements.parent
    files = [requirements, *sorted(file for file in (room / "src").rglob("*") if file.is_file())]
    digest = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(room).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _install(place: Path, requirements: Path) -> None:
    """A fresh virtual environment with these packages."""
    venv.create(place, clear=True, with_pip=True)
    arguments = ("-m", "pip", "install", "--quiet", "--requirement", str(requirements))
    done = _run([str(place / "bin/python"), *arguments])
    if done.returncode:
        raise ContestantError(
            f"the packages of {requirements} could not be installed into {place}; "
            f"check that PyPI can be reached, or leave the peer out with --only.\n{done.stderr.strip()}",
        )


def _build(place: Path, pom: Path) -> None:
    """The program of a ``pom.xml`` as a jar, and those that it needs beside it."""
    _look_for("mvn", "javac")
    shutil.rmtree(place, ignore_errors=True)
    done = _run(
        ["mvn", "--batch-mode", "--quiet", "--file", str(pom), "package", f"-Droom={place.absolute()}"]
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise ContestantError(
            f"Maven could not build {pom} into {place}; look at its message, at the network and at the mirror in "
            "~/.m2/settings.xml, or leave the peer out with --only.\n" + "\n".join(said[-15:]),
        )


def _look_for(*programs: str) -> None:
    missing = [f"`{program}`" for program in programs if shutil.which(program) is None]
    if missing:
        raise ContestantError(
            f"a peer needs Java 17, and Maven to build it, and there is no {' and no '.join(missing)} on the PATH. "
            "Install them with `apt-get install openjdk-17-jdk-headless maven` or `brew install maven`, or leave the "
            "peer out by naming the others with --only.",
        )


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
