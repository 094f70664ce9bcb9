"""Carries out a plan: creates its topics and publishes its changes, all of them or none.

Decides how a plan is kept from being applied to something else than it was made for: the writer first takes
over the one transactional id of all appliers, which fences anybody who is half-way, and then compares. Knows
nothing of files.
"""

from time import monotonic
from typing import Any

from streams.domain.instants import Instant, format_instant
from streams.engine.errors import ConfigurationError
from topology.connections import PATIENCE_SECONDS
from topology.definitions.live import Follower, read_live
from topology.definitions.plan import Change, Plan
from topology.definitions.published import PublishedDefinition, encode_definition
from topology.settings import Settings
from topology.topics import create_topics, topics_of


def apply_plan(admin: Any, plan: Plan, settings: Settings, *, applied_at: Instant) -> None:
    """Carry out ``plan``; ``applied_at`` is written into every definition that changes.

    Raises ``ConfigurationError`` if something else was applied since the plan was made, or at the same time;
    then nothing was published.
    """
    from confluent_kafka import KafkaException, Producer

    create_topics(admin, plan.topics.create)
    if not plan.effective:
        return
    topic = topics_of(settings).definitions.name
    producer = Producer(
        {**settings.client(), "transactional.id": f"{settings.transactional_id}-apply", "log_level": 3},
    )
    try:
        producer.init_transactions(PATIENCE_SECONDS)
        if read_live(settings, topic).published != plan.live.published:
            raise ConfigurationError(
                "other definitions were applied since this plan was made; nothing was changed. Run it again",
            )
        producer.begin_transaction()
        for change in plan.effective:
            producer.produce(topic, key=change.key.encode(), value=_record(change, applied_at))
        # Committing flushes, and fails if any record could not be delivered.
        producer.commit_transaction(PATIENCE_SECONDS)
        _await_visible(plan, settings, topic)
    except KafkaException as error:
        raise ConfigurationError(
            f"the definitions were not applied: {error.args[0].str()}. Run it again"
        ) from error


def _await_visible(plan: Plan, settings: Settings, topic: str) -> None:
    """Wait until readers see the plan carried out.

    A commit is certain when the coordinator says so, and seen when the partition has heard of it, a moment later.
    Without the wait a worker or a plan that follows at once could still find the old definitions.
    """
    due = {change.key: change.version for change in plan.changes if change.action != "delete"}
    deadline = monotonic() + PATIENCE_SECONDS
    with Follower(settings, topic) as follower:
        seen = follower.read_to_end()
        while {key: each.version for key, each in seen.published.items()} != due:
            if monotonic() >= deadline:
                raise ConfigurationError(
                    "the definitions were applied, and are not seen yet; see `tidemark plan`"
                )
            seen = follower.poll(0.1) or seen


def _record(change: Change, applied_at: Instant) -> bytes | None:
    if change.body is None:
        return None
    return encode_definition(
        PublishedDefinition(
            change.kind,
            change.id,
            change.version,
            dict(change.body),
            format_instant(applied_at),
            change.earlier,
        ),
    )
