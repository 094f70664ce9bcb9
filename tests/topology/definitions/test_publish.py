"""Plans are carried out on a real cluster: exactly, whole, and only on what they were made for."""

from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError
from tests.topology.conftest import write_segment
from topology.definitions.live import read_live
from topology.definitions.plan import Plan
from topology.definitions.planning import plan_directory
from topology.definitions.publish import apply_plan
from topology.definitions.published import LiveDefinitions
from topology.settings import Settings
from topology.topics import topics_of

pytestmark = pytest.mark.broker

MORNING, NOON = Instant(1_795_420_800_000), Instant(1_795_435_200_000)


def planned(directory: Path, settings: Settings) -> Plan:
    """The plan for a directory."""
    return plan_directory(directory, settings)


def applied(plan: Plan, settings: Settings, at: Instant = MORNING) -> None:
    """Carry a plan out."""
    apply_plan(AdminClient(settings.client()), plan, settings, applied_at=at)


def live(settings: Settings) -> LiveDefinitions:
    """What is live now."""
    return read_live(settings, topics_of(settings).definitions.name)


def versions(settings: Settings) -> dict[str, int]:
    """What is live, with versions."""
    return {key: each.version for key, each in live(settings).published.items()}


def test_what_was_planned_is_live_afterwards(definitions: Path, settings: Settings) -> None:
    """Topics, definitions and events; planning again finds nothing to do."""
    plan = planned(definitions, settings)
    assert len(plan.topics.create) == len(topics_of(settings))
    applied(plan, settings)
    assert versions(settings) == {"distribution/thanks": 1, "event/visit": 1, "segment/regulars": 1}
    assert live(settings).applied_at == "2026-11-23T08:00:00Z"
    assert not planned(definitions, settings).differs


def test_only_what_differs_is_published_anew(definitions: Path, settings: Settings) -> None:
    """A change gives the next version, a deletion takes away, the rest stays untouched."""
    applied(planned(definitions, settings), settings)
    write_segment(definitions, at_least=3)
    (definitions / "thanks.yaml").unlink()
    plan = planned(definitions, settings)
    assert [(change.action, change.key) for change in plan.effective] == [
        ("delete", "distribution/thanks"),
        ("update", "segment/regulars"),
    ]
    applied(plan, settings, NOON)
    assert versions(settings) == {"event/visit": 1, "segment/regulars": 2}
    assert live(settings).published["event/visit"].applied_at == "2026-11-23T08:00:00Z"
    assert live(settings).published["segment/regulars"].applied_at == "2026-11-23T12:00:00Z"


def test_a_plan_made_for_something_else_is_refused(definitions: Path, settings: Settings) -> None:
    """Two operators plan at once: the second one's plan no longer holds, and changes nothing."""
    applied(planned(definitions, settings), settings)
    write_segment(definitions, at_least=3)
    first = planned(definitions, settings)
    write_segment(definitions, at_least=4)
    second = planned(definitions, settings)
    applied(first, settings)
    with pytest.raises(ConfigurationError, match="other definitions were applied since this plan was made"):
        applied(second, settings)
    body = live(settings).published["segment/regulars"].body
    assert body["filter"] == {
        "junction": "and",
        "events.visit.count": {"conditions": {"$more_than_or_equal": [3]}},
    }


def test_an_applier_that_died_half_way_has_changed_nothing(definitions: Path, settings: Settings) -> None:
    """What stands in a transaction that never ended is not seen, and does not hinder the next one."""
    applied(planned(definitions, settings), settings)
    dying = Producer({**settings.client(), "transactional.id": f"{settings.transactional_id}-apply"})
    dying.init_transactions(10)
    dying.begin_transaction()
    dying.produce(topics_of(settings).definitions.name, key=b"segment/regulars", value=None)
    dying.flush(10)
    assert versions(settings)["segment/regulars"] == 1
    write_segment(definitions, at_least=3)
    applied(planned(definitions, settings), settings)
    assert versions(settings)["segment/regulars"] == 2
