from pathlib import Path

import pytest

from deploy.kafka import java_runtime
from deploy.kafka.jars import resolve_jars
from streams.engine.errors import ConfigurationError


def program(directory: Path, name: str, script: str) -> None:
    """Put a program of this name into a directory."""
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is all there is on the PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    return directory


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_402"', 8),
        ('openjdk version "21" 2023-09-19', 21),
        ('openjdk version "25-ea" 2025-09-16', 25),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", None),
    ],
)
def test_the_feature_release_is_read_from_what_java_prints(printed: str, version: int | None) -> None:
    """Old releases call themselves 1.8, new ones 17.0.15, early ones 25-ea; a stub prints none."""
    assert java_runtime.major_version(printed) == version


def test_without_java_the_way_to_get_it_is_named(path: Path) -> None:
    """Whoever lacks Java is told which, and how to install it."""
    with pytest.raises(ConfigurationError, match=r"Java 17 or newer.*apt-get install .*brew install"):
        java_runtime.find_java()


def test_a_java_that_is_too_old_is_refused_by_name(path: Path) -> None:
    """The message says what was found, so that nobody has to guess which Java was meant."""
    program(path, "java", "echo 'openjdk version \"11.0.22\" 2024-01-16' >&2")
    with pytest.raises(ConfigurationError, match=r"17 or newer.*11\.0\.22.*newer one"):
        java_runtime.find_java()


def test_a_java_that_will_do_is_taken(path: Path) -> None:
    """The oldest Java on which Kafka 4 runs is enough."""
    program(path, "java", "echo 'openjdk version \"17.0.1\"' >&2")
    assert java_runtime.find_java() == str(path / "java")


def test_without_maven_the_way_to_get_it_is_named(path: Path, tmp_path: Path) -> None:
    """The jars cannot be fetched without Maven; Docker would do as well, and the message says so."""
    with pytest.raises(ConfigurationError, match=r"no `mvn`.*apt-get install maven.*Docker"):
        resolve_jars(tmp_path / "kafka", lambda _: None)


def test_jars_that_are_here_need_no_maven(path: Path, tmp_path: Path) -> None:
    """What was fetched once is used again, offline too."""
    (tmp_path / "libs-4.3.1").mkdir()
    assert resolve_jars(tmp_path, lambda _: None) == tmp_path / "libs-4.3.1"


def test_a_fetch_that_fails_leaves_nothing_that_looks_complete(path: Path, tmp_path: Path) -> None:
    """Maven's own words are shown, and the next start fetches anew."""
    program(path, "mvn", "echo 'Could not transfer artifact: Connection refused'; exit 1")
    with pytest.raises(ConfigurationError, match=r"(?s)mirror.*Connection refused"):
        resolve_jars(tmp_path, lambda _: None)
    assert not (tmp_path / "libs-4.3.1").exists()
