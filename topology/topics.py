"""The topics of an installation: what each is for, how it is kept, and whether a cluster has them so.

Decides names, cleanup and partition counts, and what may be created or must be refused. Planning is pure; the
functions at the end talk to a cluster. Knows nothing of what stands in a record.

After creation only the cleanup policy and the partition counts are held on to, because meaning rests on them:
a key keeps its partition, a compacted topic keeps every key. Retention and the like are
the operator's from then on.
"""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Literal, NamedTuple

from streams.engine.errors import ConfigurationError
from topology.settings import Settings

Cleanup = Literal["delete", "compact", "compact,delete"]

_DAY = 86_400_000
_MEBIBYTE = 1 << 20
_PATIENCE_SECONDS = 10.0

MAX_EVENT_BYTES = 4 * _MEBIBYTE
"""Largest record that ``custom-events`` takes: above what an event may be, so that one too large is rejected
with a reason by the worker and not dropped by a producer."""

MAX_RECORD_BYTES = 8 * _MEBIBYTE
"""Largest record of ``rejected-events``: the largest event in base64 with its headers fits."""


class TopicSpec(NamedTuple):
    """One topic as it should be."""

    name: str
    """With the prefix."""
    partitions: int
    replication: int
    cleanup: Cleanup
    config: Mapping[str, str]
    """Broker settings at creation, ``cleanup.policy`` included."""
    key: str
    doc: str


class ExistingTopic(NamedTuple):
    """One topic as the cluster has it."""

    partitions: int
    cleanup: str


class Topics(NamedTuple):
    """All topics of an installation, by role."""

    custom_events: TopicSpec
    customers: TopicSpec
    definitions: TopicSpec
    segment_changes: TopicSpec
    distribution_triggers: TopicSpec
    point_events: TopicSpec
    internal_events: TopicSpec
    rejected_events: TopicSpec
    segment_memberships: TopicSpec
    point_balances: TopicSpec
    changelog: TopicSpec
    rejected_replays: TopicSpec
    redemption_requests: TopicSpec
    redemption_decisions: TopicSpec
    distribution_suppressions: TopicSpec
    segment_lists: TopicSpec

    @property
    def co_partitioned(self) -> tuple[TopicSpec, ...]:
        """Topics on which one customer stands on the same partition; one worker owns it on all of them."""
        return (
            self.custom_events, self.customers, self.redemption_requests, self.segment_lists, self.changelog,
            self.segment_memberships,
        )  # fmt: skip


class TopicPlan(NamedTuple):
    """What a cluster lacks, and what is in the way."""

    create: tuple[TopicSpec, ...]
    refusals: tuple[str, ...]


_KEPT = {"retention.ms": str(7 * _DAY)}
_INCOMING = {**_KEPT, "max.message.bytes": str(MAX_EVENT_BYTES)}
# A message shows the event and the profile, each of up to a million bytes, and its data may repeat parts of them.
_MESSAGES = {**_KEPT, "max.message.bytes": str(MAX_RECORD_BYTES)}
_LATEST = {"min.cleanable.dirty.ratio": "0.1", "segment.ms": str(_DAY)}
# Whoever is deleted is not to wait for a tenth of the topic to change until compaction takes out what he sent.
_REJECTED = {
    **_LATEST,
    "retention.ms": str(30 * _DAY),
    "max.compaction.lag.ms": str(_DAY),
    "max.message.bytes": str(MAX_RECORD_BYTES),
}
# A deletion is a value of none: whoever is away for a week must not miss it.
_TOLD = {**_LATEST, "delete.retention.ms": str(7 * _DAY)}
# Small segments: compaction never touches the active one, and a restore reads whatever is not compacted.
_STATE = {**_LATEST, "segment.bytes": str(64 * _MEBIBYTE), "max.message.bytes": str(MAX_EVENT_BYTES)}

_PLANNED: tuple[tuple[str, Cleanup, str, str, Mapping[str, str]], ...] = (
    ("custom-events", "delete", "customer id", "an event; from producers and the gateway", _INCOMING),
    ("customers", "compact", "customer id", "profile upsert; a null value deletes the customer", _TOLD),
    ("definitions", "compact", "kind/id", "one versioned definition", _LATEST),
    ("segment-changes", "delete", "customer id", "`entered` or `left`, with cause", _KEPT),
    ("distribution-triggers", "delete", "customer id", "one message to send", _MESSAGES),
    ("point-events", "delete", "customer id", "points that came to a loyalty card or went", _KEPT),
    ("internal-events", "delete", "customer id", "`customer.*` events", _KEPT),
    ("rejected-events", "compact,delete", "origin", "the original bytes and headers, and why", _REJECTED),
    ("segment-memberships", "compact", "customer id", "the segments the customer is in, since when", _LATEST),
    ("point-balances", "compact", "customer id + card", "points on one card", _LATEST),
    ("tidemark.customers.changelog", "compact", "customer id", "state of one customer; private", _STATE),
    (
        "tidemark.rejected.replays",
        "compact",
        "position",
        "that a rejected event was replayed; private",
        _LATEST,
    ),
    (
        "redemption-requests",
        "delete",
        "customer id",
        "may a customer redeem; from services and the gateway",
        _KEPT,
    ),
    ("redemption-decisions", "delete", "customer id", "the answer to a request", _KEPT),
    ("distribution-suppressions", "delete", "customer id", "a message that was held back, and why", _KEPT),
    (
        "segment-lists",
        "compact",
        "segment + customer",
        "a customer is on a segment's list; null: off it",
        _TOLD,
    ),
)
"""Name, cleanup, key, meaning and broker settings, in the order of ``Topics``."""


def topics_of(settings: Settings) -> Topics:
    """The topics of this installation."""
    durable = {"min.insync.replicas": str(max(1, settings.replication_factor - 1))}
    specs = (
        TopicSpec(
            name=settings.topic_prefix + name,
            partitions=1 if name == "definitions" else settings.partitions,
            replication=settings.replication_factor,
            cleanup=cleanup,
            config={"cleanup.policy": cleanup, **durable, **config},
            key=key,
            doc=doc,
        )
        for name, cleanup, key, doc, config in _PLANNED
    )
    return Topics(*specs)


def plan_topics(topics: Topics, existing: Mapping[str, ExistingTopic]) -> TopicPlan:
    """What to create beside what exists; a missing co-partitioned topic follows those that are there."""
    refusals = [*_unequal(topics, existing), *_unfit(topics, existing)]
    together = {spec.name for spec in topics.co_partitioned}
    counts = [existing[name].partitions for name in sorted(together & existing.keys())]
    create = []
    for spec in topics:
        if spec.name in existing:
            continue
        create.append(spec._replace(partitions=counts[0]) if counts and spec.name in together else spec)
    return TopicPlan(tuple(create), tuple(refusals))


def _unequal(topics: Topics, existing: Mapping[str, ExistingTopic]) -> list[str]:
    """Refuse co-partitioned topics of different partition counts."""
    counts = {
        spec.name: existing[spec.name].partitions for spec in topics.co_partitioned if spec.name in existing
    }
    if len(set(counts.values())) <= 1:
        return []
    found = ", ".join(f"{name} has {count}" for name, count in counts.items())
    refusal = (
        f"topics of one customer need equal partition counts, found: {found}. A customer would be counted "
        "on one worker and stored on another. Recreate the topics that differ, or choose another "
        "TIDEMARK_TOPIC_PREFIX"
    )
    return [refusal]


def _parts(cleanup: str) -> set[str]:
    """The parts of a policy, which brokers tell in any order."""
    return {part.strip() for part in cleanup.split(",")}


def _unfit(topics: Topics, existing: Mapping[str, ExistingTopic]) -> list[str]:
    """Refuse topics whose cleanup contradicts their meaning, and a definitions topic without one order."""
    refusals = [
        f"topic {spec.name}: expected cleanup.policy={spec.cleanup}, found {existing[spec.name].cleanup}. "
        "If the topic is Tidemark's, stop all workers and set it: kafka-configs --alter --entity-type topics "
        f"--entity-name {spec.name} --add-config 'cleanup.policy=[{spec.cleanup}]'; else choose another "
        "TIDEMARK_TOPIC_PREFIX"
        for spec in topics
        if spec.name in existing and _parts(existing[spec.name].cleanup) != _parts(spec.cleanup)
    ]
    held = existing.get(topics.definitions.name)
    if held and held.partitions != 1:
        refusals.append(
            f"topic {topics.definitions.name}: expected 1 partition, found {held.partitions}. Definitions "
            "are read in one order; recreate the topic, or choose another TIDEMARK_TOPIC_PREFIX",
        )
    return refusals


def read_topics(
    admin: Any, topics: Topics, *, timeout: float = _PATIENCE_SECONDS
) -> dict[str, ExistingTopic]:
    """Those of the topics that the cluster of ``admin`` has. ``KafkaException`` if it does not answer."""
    from confluent_kafka.admin import ConfigResource

    # All topics at once: asking for one by name would create it on clusters that create topics by themselves.
    known = admin.list_topics(timeout=timeout).topics
    present = [spec.name for spec in topics if spec.name in known and known[spec.name].error is None]
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in present]
    described = admin.describe_configs(resources, request_timeout=timeout) if resources else {}
    policies = {
        resource.name: future.result()["cleanup.policy"].value for resource, future in described.items()
    }
    return {name: ExistingTopic(len(known[name].partitions), policies[name]) for name in present}


def ensure_topics(admin: Any, topics: Topics) -> tuple[TopicSpec, ...]:
    """Create what is missing and return it; ``ConfigurationError`` if something is in the way; repeatable."""
    plan = plan_topics(topics, read_topics(admin, topics))
    _refuse(plan.refusals)
    create_topics(admin, plan.create)
    return plan.create


def check_topics(admin: Any, topics: Topics) -> int:
    """The partition count of the topics on which a worker may start; else ``ConfigurationError``."""
    existing = read_topics(admin, topics)
    plan = plan_topics(topics, existing)
    missing = [
        f"topic {spec.name} does not exist; create it with `tidemark apply DIR`" for spec in plan.create
    ]
    _refuse((*plan.refusals, *missing))
    return existing[topics.custom_events.name].partitions


def create_topics(admin: Any, specs: Sequence[TopicSpec]) -> None:
    """Create topics and wait for them; one that somebody else just created is fine."""
    from confluent_kafka import KafkaError, KafkaException
    from confluent_kafka.admin import NewTopic

    new = [
        NewTopic(s.name, num_partitions=s.partitions, replication_factor=s.replication, config=dict(s.config))
        for s in specs
    ]
    for name, future in (admin.create_topics(new) if new else {}).items():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise ConfigurationError(
                    f"topic {name} could not be created: {error.args[0].str()}"
                ) from error
    _await_topics(admin, {spec.name for spec in specs})


def _await_topics(admin: Any, names: set[str]) -> None:
    """Creation is the controller's word; wait until the brokers know of it too, so that the next step may."""
    deadline = monotonic() + _PATIENCE_SECONDS
    while missing := names - admin.list_topics(timeout=_PATIENCE_SECONDS).topics.keys():
        if monotonic() >= deadline:
            raise ConfigurationError(f"created, and still not there: {', '.join(sorted(missing))}. Try again")


def _refuse(refusals: Sequence[str]) -> None:
    if refusals:
        raise ConfigurationError("\n".join(refusals))
