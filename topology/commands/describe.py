"""``tidemark describe``: topics, settings, events and live definitions as text."""

import click


@click.command(short_help="Print topics, settings and live definitions.")
@click.option("--offline", is_flag=True, help="Leave out what only a broker can tell.")
def describe(*, offline: bool) -> None:
    """Print what this installation consists of: topics, settings, events, and what is live.

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
    parts["Events"] = describe_events(catalog)
    click.echo(sections(parts))
