"""What is asked of Docker, held against a stand-in for its command: there need not be an engine here."""

import os
from pathlib import Path

import pytest

from deploy.kafka.docker_broker import DockerBroker, engine_answers
from streams.engine.errors import ConfigurationError

STAND_IN = """#!/bin/sh
echo "$*" >> {log}
case "$1" in
  info) test -e {engine} ;;
  image) test -e {image} ;;
  pull) test ! -e {offline} || {{ echo "no route to registry" >&2; exit 1; }}; touch {image} ;;
  run) touch {running} ;;
  inspect) test -e {running} && echo true || echo false ;;
  kill|stop) rm -f {running} ;;
esac
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a ``docker`` that remembers what runs by files, and is first on the PATH."""
    names = ("log", "engine", "image", "offline", "running")
    script = STAND_IN.format(**{name: tmp_path / name for name in names})
    (tmp_path / "docker").write_text(script, encoding="utf-8")
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "engine").touch()
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return tmp_path


@pytest.fixture
def broker(docker: Path, tmp_path: Path) -> DockerBroker:
    """A broker that Docker runs."""
    (tmp_path / "broker").mkdir()
    return DockerBroker(tmp_path / "broker", lambda _: None)


def test_a_client_without_an_engine_does_not_count(docker: Path) -> None:
    """The command alone runs no containers; what counts is an engine that answers."""
    assert engine_answers()
    (docker / "engine").unlink()
    assert not engine_answers()


def test_a_container_runs_on_the_loopback_address_with_data_of_its_own(
    broker: DockerBroker, docker: Path
) -> None:
    """The port is published on this machine alone, and a volume keeps the data when the container goes."""
    assert broker.launch(24000) == "127.0.0.1:24000"
    ran = next(line for line in (docker / "log").read_text().splitlines() if line.startswith("run "))
    assert "--publish 127.0.0.1:24000:24000" in ran
    assert f"--volume {broker._name}:/var/lib/kafka/data" in ran
    assert "--env KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:24000" in ran
    assert ran.endswith(" apache/kafka:4.3.1")


def test_a_container_is_known_until_it_is_stopped(broker: DockerBroker, docker: Path) -> None:
    """A stop removes the container and leaves its volume."""
    broker.launch(24000)
    assert broker.address() == "127.0.0.1:24000"
    broker.stop()
    assert broker.address() is None
    assert not broker.crashed()
    assert "volume rm" not in (docker / "log").read_text()


def test_a_container_that_ended_by_itself_has_crashed(broker: DockerBroker) -> None:
    """It is told from one that was stopped."""
    broker.launch(24000)
    broker.kill()
    assert broker.address() is None
    assert broker.crashed()


def test_the_image_is_pulled_once(broker: DockerBroker, docker: Path) -> None:
    """An image that is here is not asked for again."""
    broker.prepare()
    broker.prepare()
    assert (docker / "log").read_text().count("pull") == 1


def test_an_image_that_cannot_be_pulled_is_told_in_dockers_words(broker: DockerBroker, docker: Path) -> None:
    """The operator sees what Docker said."""
    (docker / "offline").touch()
    with pytest.raises(ConfigurationError, match=r"pull.*no route to registry"):
        broker.prepare()


def test_brokers_of_two_directories_are_two_containers(tmp_path: Path) -> None:
    """Two checkouts on one machine do not share a broker."""
    names = {DockerBroker(tmp_path / name, lambda _: None)._name for name in ("a", "b")}
    assert len(names) == 2
