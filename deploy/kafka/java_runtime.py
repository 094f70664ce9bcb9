"""The Java and Maven on this machine: where they are, and whether they will do.

Decides what is enough, and names the way to get what is missing. Installs nothing.
"""

import re
import shutil
import subprocess

from streams.engine.errors import ConfigurationError

OLDEST_JAVA = 17
"""The oldest Java on which a Kafka 4 broker runs."""

_DOCKER_INSTEAD = "With a running Docker engine neither Java nor Maven is needed."


def find_java() -> str:
    """The path of ``java``. Raises ``ConfigurationError`` that says how to get one if there is none, or an old one."""
    java = shutil.which("java")
    if java is None:
        raise ConfigurationError(
            f"The local broker needs Java {OLDEST_JAVA} or newer, and there is no `java` on the PATH. Install it with "
            f"`apt-get install default-jre-headless`, `brew install openjdk` or from adoptium.net. {_DOCKER_INSTEAD}"
        )
    found = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = major_version(found)
    if version is None or version < OLDEST_JAVA:
        raise ConfigurationError(
            f"The local broker needs Java {OLDEST_JAVA} or newer; {java} says {found.splitlines()[:1]}. "
            f"Install a newer one (`apt-get install openjdk-{OLDEST_JAVA}-jre-headless`, `brew install openjdk`) "
            f"and put it first on the PATH. {_DOCKER_INSTEAD}"
        )
    return java


def find_maven() -> str:
    """The path of ``mvn``. Raises ``ConfigurationError`` that says how to get one."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ConfigurationError(
            "Maven fetches the jars of the local broker, and there is no `mvn` on the PATH. Install it with "
            f"`apt-get install maven` or `brew install maven`. {_DOCKER_INSTEAD}"
        )
    return maven


def major_version(printed: str) -> int | None:
    """The feature release in what ``java -version`` prints: 17 for ``17.0.15``, 8 for ``1.8.0_402``."""
    found = re.search(r'version "(?:1\.)?(\d+)', printed)
    return int(found.group(1)) if found else None
