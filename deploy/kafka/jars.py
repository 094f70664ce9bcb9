"""The jars of the broker: which Kafka, and how they come to this machine.

Decides the version (it stands in ``pom.xml``) and the place. Maven resolves them, so mirrors and proxies are Maven's
settings; nothing here knows where they come from.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from deploy.kafka.java_runtime import find_maven
from streams.engine.errors import ConfigurationError

POM = Path(__file__).with_name("pom.xml")


def kafka_version() -> str:
    """The version of Apache Kafka that the local broker runs, as ``pom.xml`` says."""
    found = re.search(r"<kafka\.version>(.+?)</kafka\.version>", POM.read_text(encoding="utf-8"))
    if found is None:
        raise ConfigurationError(f"{POM}: expected the property kafka.version, found none")
    return found.group(1)


def resolve_jars(directory: Path, report: Callable[[str], None]) -> Path:
    """The directory with the jars, below ``directory``; Maven fetches them the first time.

    Whole or not there at all: they arrive under another name, which is changed at the end. Raises
    ``ConfigurationError`` with Maven's own words if it cannot.
    """
    libs = directory / f"libs-{kafka_version()}"
    if libs.is_dir():
        return libs
    maven = find_maven()
    report(f"fetching Apache Kafka {kafka_version()} through Maven, about 45 MB, once")
    arriving = directory / f"{libs.name}.arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(parents=True)
    _copy_dependencies(maven, arriving)
    arriving.rename(libs)
    return libs


def _copy_dependencies(maven: str, target: Path) -> None:
    goal = "dependency:copy-dependencies"
    command = [maven, "--batch-mode", "--quiet", "--file", str(POM), goal, f"-Dlibs={target.absolute()}"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not any(target.glob("kafka_*.jar")):
        said = (done.stdout + done.stderr).strip().splitlines()
        raise ConfigurationError(
            "Maven could not fetch the jars of the local broker. Look at its message, at the network and at the "
            f"mirror in ~/.m2/settings.xml, then try again. {' '.join(command)} said:\n"
            + "\n".join(said[-15:])
        )
