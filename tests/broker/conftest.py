"""Installations for the tests of this room, each with workers that are real processes."""

import uuid
from pathlib import Path

import pytest

from tests.broker.events import DEFINITIONS
from tests.broker.installation import Installation
from tests.conftest import Kafka


@pytest.fixture(scope="module")
def installation(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Topics and definitions on the wall clock, for one module of tests; no worker runs yet."""
    made = Installation(
        kafka.bootstrap, f"wall-{uuid.uuid4().hex[:8]}.", tmp_path_factory.mktemp("wall"), clock="wall"
    )
    made.apply(DEFINITIONS)
    return made


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A directory of definitions that a test may change."""
    directory = tmp_path / "definitions"
    directory.mkdir()
    (directory / "shop.yaml").write_text(
        (DEFINITIONS / "shop.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return directory
