"""Plans of a directory against a cluster."""

from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError
from topology.definitions.planning import live_catalog, live_of, plan_directory
from topology.definitions.publish import apply_plan
from topology.definitions.published import NOTHING_LIVE
from topology.settings import Settings
from topology.topics import ensure_topics, topics_of


def test_offline_a_plan_is_made_against_an_empty_cluster(definitions: Path) -> None:
    """Nobody needs to answer at the address of the settings."""
    plan = plan_directory(definitions, Settings(bootstrap="nowhere.invalid:1"), offline=True)
    assert [change.key for change in plan.effective] == [
        "event/visit",
        "distribution/thanks",
        "segment/regulars",
    ]
    assert len(plan.topics.create) == 16


@pytest.mark.broker
def test_a_cluster_without_topics_has_nothing_live(settings: Settings, definitions: Path) -> None:
    """The first plan on a fresh cluster creates everything, and asking creates nothing."""
    assert live_of(settings) == NOTHING_LIVE
    assert len(plan_directory(definitions, settings).topics.create) == 16
    assert live_of(settings) == NOTHING_LIVE


@pytest.mark.broker
def test_topics_that_do_not_fit_give_no_plan(settings: Settings, definitions: Path) -> None:
    """The refusal comes before anything is shown as to be done."""
    topics = topics_of(settings)
    crooked = topics._replace(customers=topics.customers._replace(partitions=7))
    admin = AdminClient(settings.client())
    ensure_topics(admin, crooked)
    with pytest.raises(ConfigurationError, match="customers has 7"):
        plan_directory(definitions, settings, admin=admin)


@pytest.mark.broker
def test_applied_events_are_in_the_catalog_of_the_cluster(settings: Settings, definitions: Path) -> None:
    """Who checks events before sending them sees what the workers see."""
    admin = AdminClient(settings.client())
    plan = plan_directory(definitions, settings, admin=admin)
    apply_plan(admin, plan, settings, applied_at=Instant(0))
    assert {"visit", "purchase"} <= set(live_catalog(settings).definitions)
