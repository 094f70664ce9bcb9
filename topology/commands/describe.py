"""``tidemark describe``: topics, settings, events, live definitions and running sweeps as text."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from topology.settings import Settings


@click.command(short_help="Print topics, settings and live definitions.")
@click.option("--offline", is_flag=True, help="Leave out what only a broker can tell.")
def describe(*, offline: bool) -> None:
    """Print what this installation consists of: topics, settings, events, what is live, and which sweeps run.

    \b
    Examples:
      tidemark describe
      tidemark describe --offline       # no broker needed
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.definitions.directory import base_catalog
    from topology.definitions.planning import live_of
    from topology.describing import (
        describe_events,
        describe_live,
        describe_settings,
        describe_topics,
        sections,
    )
    from topology.settings import Settings
    from topology.topics import topics_of

    settings = Settings.from_environment()
    catalog = base_catalog(settings)
    parts = {"Topics": describe_topics(topics_of(settings)), "Settings": describe_settings(settings)}
    if not offline:
        live = live_of(settings)
        catalog = catalog.with_documents(live.events)
        parts["Live definitions"] = describe_live(live)
        parts["Sweeps"] = _sweeps(settings)
    parts["Events"] = describe_events(catalog)
    click.echo(sections(parts))


def _sweeps(settings: "Settings") -> str:
    from streams.engine.errors import ConfigurationError
    from topology.asking.sweeps import ask_sweeps, sweeps_text
    from topology.asking.workers import Workers

    try:
        workers = Workers(settings)
    except ConfigurationError as error:
        return f"Nobody can be asked: {error}"  # the rest is worth reading before the first worker runs
    return sweeps_text(ask_sweeps(workers.holders(), workers.partitions))
