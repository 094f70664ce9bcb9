import re
from pathlib import Path

import pytest

from deploy.kafka.jars import kafka_version
from tests.bench.contestants import KAFKA_STREAMS
from tests.bench.environments import ContestantError, fingerprint, scripts_of


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A peer's room with packages, a source to compile and a script."""
    room = tmp_path / "room"
    (room / "src").mkdir(parents=True)
    for name in ("pom.xml", "src/Job.java", "job.py"):
        (room / name).write_text(f"the first {name}", encoding="utf-8")
    return room


@pytest.mark.parametrize("name", ["pom.xml", "src/Job.java", "src/Another.java"])
def test_an_environment_is_stale_when_what_it_is_made_from_changes(room: Path, name: str) -> None:
    """Packages and compiled sources count, new ones too."""
    before = fingerprint(room / "pom.xml")
    (room / name).write_text("another", encoding="utf-8")
    assert fingerprint(room / "pom.xml") != before


def test_an_environment_is_stale_when_a_source_is_renamed(room: Path) -> None:
    """The same contents under other names are another program."""
    before = fingerprint(room / "pom.xml")
    (room / "src/Job.java").rename(room / "src/Work.java")
    assert fingerprint(room / "pom.xml") != before


def test_a_script_changes_no_environment(room: Path) -> None:
    """A script runs from where it stands, so that nothing has to be made anew for it."""
    before = fingerprint(room / "pom.xml")
    (room / "job.py").write_text("another", encoding="utf-8")
    assert fingerprint(room / "pom.xml") == before


def test_without_java_there_is_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names what is missing, how to get it, and how to do without; nothing is made."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        ContestantError, match=r"no `java` on the PATH\. Install them with .+--only"
    ) as caught:
        scripts_of(KAFKA_STREAMS, directory=tmp_path)
    assert "maven" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_maven_is_needed_only_to_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a Java alone a program that was built runs, and one that was not is refused with what is missing."""
    assert KAFKA_STREAMS.requirements is not None
    (tmp_path / "java").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ContestantError, match="no `mvn` and no `javac` on the PATH"):
        scripts_of(KAFKA_STREAMS, directory=tmp_path)
    place = tmp_path / "kafka_streams"
    place.mkdir()
    (place / "made-from.sha256").write_text(fingerprint(KAFKA_STREAMS.requirements), encoding="utf-8")
    assert scripts_of(KAFKA_STREAMS, directory=tmp_path) == place


def test_kafka_streams_is_of_the_brokers_version() -> None:
    """The peer, and what the table calls it, go with the Kafka that it runs against."""
    assert KAFKA_STREAMS.requirements is not None
    pom = KAFKA_STREAMS.requirements.read_text(encoding="utf-8")
    assert re.findall(r"<kafka\.version>(.+?)</kafka\.version>", pom) == [kafka_version()]
    assert KAFKA_STREAMS.title == f"Kafka Streams {kafka_version()}"
