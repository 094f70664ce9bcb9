"""Directories checked within an installation."""

import json
from pathlib import Path

from topology.definitions.directory import base_catalog, check_directory
from topology.settings import Settings


def test_events_that_come_with_tidemark_are_known() -> None:
    """A rule may use them without anybody defining them."""
    assert "purchase" in base_catalog(Settings()).definitions


def test_further_directories_of_the_installation_add_events(tmp_path: Path) -> None:
    """TIDEMARK_SCHEMA_DIRECTORIES stand beside the built-in ones."""
    (tmp_path / "refund.avsc").write_text(
        json.dumps({"type": "record", "name": "refund", "fields": []}), encoding="utf-8"
    )
    assert {"purchase", "refund"} <= set(base_catalog(Settings(schema_directories=(tmp_path,))).definitions)


def test_the_clock_is_that_of_the_settings_unless_another_is_asked_for(definitions: Path) -> None:
    """A backtest always runs by the clock of its history."""
    settings = Settings(clock="wall")
    assert check_directory(definitions, settings).ruleset.clock == "wall"
    assert check_directory(definitions, settings, clock="stream").ruleset.clock == "stream"
