"""The files for containers agree with the rest of the project; no Docker engine is needed to see that."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import deploy
from deploy.kafka.docker_broker import container_environment, image
from topology.settings import readings_of_settings, variable_of

DEPLOY = Path(deploy.__file__).parent
PROJECT = DEPLOY.parent


@pytest.fixture
def services() -> dict[str, Any]:
    """The services of the compose file."""
    composed: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return dict(composed["services"])


@pytest.fixture
def dockerfile() -> str:
    """The recipe of the container image."""
    return (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def test_compose_runs_the_kafka_that_the_local_broker_runs(services: dict[str, Any]) -> None:
    """One version of Kafka everywhere: ``pom.xml`` says which."""
    assert services["kafka"]["image"] == image()


def test_compose_allows_one_node_to_hold_offsets_and_transactions(services: dict[str, Any]) -> None:
    """What the local broker's container needs for being alone, this one needs too."""
    variables = container_environment(9092, "127.0.0.1:9092")
    alone = {
        name: value for name, value in variables.items() if re.search("REPLICATION_FACTOR|MIN_ISR", name)
    }
    assert len(alone) == 5
    assert alone.items() <= services["kafka"]["environment"].items()


def test_compose_offers_nothing_to_the_network(services: dict[str, Any]) -> None:
    """Neither the broker nor the metrics are protected, so both are published on the loopback address."""
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_worker_waits_for_definitions_and_these_for_kafka(services: dict[str, Any]) -> None:
    """A first ``up`` comes up in the right order."""
    assert services["worker"]["depends_on"] == {"apply": {"condition": "service_completed_successfully"}}
    assert services["apply"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}


def test_the_definitions_that_compose_mounts_exist(services: dict[str, Any]) -> None:
    """The path is relative to the compose file."""
    mounted = services["apply"]["volumes"][0].partition(":")[0]
    assert list((DEPLOY / mounted).glob("*.yaml"))


def test_every_setting_in_the_container_files_is_one(services: dict[str, Any], dockerfile: str) -> None:
    """A misspelt variable would be ignored in silence."""
    known = {variable_of(name) for name in readings_of_settings()}
    used = set(re.findall(r"TIDEMARK_[A-Z_]+", dockerfile)) | set(services["worker"]["environment"])
    assert used
    assert used <= known


def test_the_image_is_built_from_files_that_exist_and_reach_the_build(dockerfile: str) -> None:
    """What the recipe copies is in the project, and the list of what Docker may see lets it through."""
    copied = [
        name
        for line in re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, re.MULTILINE)
        for name in line.split()
    ]
    visible = re.findall(r"^!(.+)$", (PROJECT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(copied) == sorted(visible)
    assert all((PROJECT / name).exists() for name in copied)
