"""Stores for the partition that the agents work on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.engine.state_store import StateStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    """A new store."""
    opened = StateStore.open(tmp_path / "2")
    yield opened
    opened.close()


@pytest.fixture
def other_store(tmp_path: Path) -> Iterator[StateStore]:
    """A second one."""
    opened = StateStore.open(tmp_path / "other" / "2")
    yield opened
    opened.close()
