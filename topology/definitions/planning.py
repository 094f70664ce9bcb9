"""Makes the plan of a directory against a cluster: joins checking, the cluster's topics and what is live.

Decides that a cluster whose topics do not fit gets no plan at all.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.catalog import Catalog
from schemas.compatibility_mode import Mode
from streams.domain.filters import Vocabulary
from streams.engine.errors import ConfigurationError
from topology.connections import connect
from topology.definitions.directory import base_catalog, check_directory
from topology.definitions.event_shapes import event_shapes
from topology.definitions.evolution import breaking_changes
from topology.definitions.list_changes import Held, list_changes, read_lists
from topology.definitions.live import read_live
from topology.definitions.plan import Plan, make_plan
from topology.definitions.published import NOTHING_LIVE, LiveDefinitions
from topology.settings import Settings
from topology.topics import ExistingTopic, plan_topics, read_topics, topics_of


def plan_directory(
    directory: Path,
    settings: Settings,
    compatibility: Mode | None = None,
    *,
    offline: bool = False,
    admin: Any = None,
) -> Plan:
    """The plan for a directory; offline, against an empty cluster. The directory is checked first.

    What its event definitions would break, by ``compatibility`` or else that of the settings, stands in the plan.

    Raises ``ConfigurationError`` for mistakes in it, for topics that do not fit, for a list that is
    none, for a cluster that is away.
    """
    checked = check_directory(directory, settings)
    topics = topics_of(settings)
    existing: dict[str, ExistingTopic] = {}
    live, held = NOTHING_LIVE, Held()
    if not offline:
        existing = read_topics(admin or connect(settings), topics)
        live = _live(settings, existing)
        if topics.segment_lists.name in existing:
            held = read_lists(settings, topics.segment_lists.name)
    planned = plan_topics(topics, existing)
    if planned.refusals:
        raise ConfigurationError("\n".join(planned.refusals))
    breaking = breaking_changes(live.events, checked.catalog, compatibility or settings.compatibility)
    lists = list_changes(checked.members_files, checked.ruleset.listed, held)
    return make_plan(checked, live, planned)._replace(incompatible=breaking, lists=lists)


def live_of(settings: Settings) -> LiveDefinitions:
    """What is live on the cluster; nothing if it has no definitions topic yet."""
    return _live(settings, read_topics(connect(settings), topics_of(settings)))


def live_catalog(settings: Settings) -> Catalog:
    """All events that the workers of a cluster know: the installation's own, and those that were applied."""
    live = live_of(settings)
    return base_catalog(settings).with_documents(live.events).with_earlier(live.earlier_events)


def live_vocabulary(settings: Settings) -> Vocabulary:
    """What a filter may speak of by what is live."""
    live = live_of(settings)
    catalog = base_catalog(settings).with_documents(live.events)
    segments = [each.id for each in live.definitions if each.kind == "segment"]
    return Vocabulary(event_shapes(catalog), segments)


def _live(settings: Settings, existing: Mapping[str, ExistingTopic]) -> LiveDefinitions:
    topic = topics_of(settings).definitions.name
    return read_live(settings, topic) if topic in existing else NOTHING_LIVE
