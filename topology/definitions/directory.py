"""A directory of definitions, loaded and checked against the events of this installation.

Joins ``load``, ``check`` and the settings for the commands; decides nothing by itself.
"""

from pathlib import Path

from schemas.catalog import Catalog, load_catalog
from topology.definitions.check import CheckedDefinitions, check_definitions
from topology.definitions.load import load_directory
from topology.settings import Clock, Settings


def base_catalog(settings: Settings) -> Catalog:
    """The events that are defined without anybody applying them. Raises ``SchemaError``."""
    return load_catalog(settings.event_directories)


def check_directory(
    directory: Path, settings: Settings, *, clock: Clock | None = None, without: Path | None = None
) -> CheckedDefinitions:
    """Load and check; ``clock`` replaces that of the settings, and what is at or below ``without`` is not read.

    Raises ``ConfigurationError`` and ``SchemaError``.
    """
    return check_definitions(
        load_directory(directory, without),
        base_catalog(settings),
        clock=clock or settings.clock,
        duplicate_window=settings.duplicate_window,
    )
