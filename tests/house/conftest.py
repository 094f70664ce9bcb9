"""The project's own source, parsed once."""

from pathlib import Path

import pytest

from tests.house.source import Source

PROJECT = Path(__file__).parent.parent.parent
ROOMS = ("streams", "schemas", "topology", "deploy")


def parsed(*rooms: str) -> list[Source]:
    """Every module of these rooms; the bench's peers are other people's style on purpose."""
    files = [
        file for room in rooms for file in sorted((PROJECT / room).rglob("*.py")) if "peers" not in file.parts
    ]
    return [Source.of(file.relative_to(PROJECT), file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture(scope="session")
def product() -> list[Source]:
    """The modules that are shipped."""
    return parsed(*ROOMS)


@pytest.fixture(scope="session")
def tests() -> list[Source]:
    """The modules that test them."""
    return parsed("tests")
