"""Topics: names, what is created, and what is refused."""

import pytest

from topology.settings import Settings
from topology.topics import ExistingTopic, Topics, plan_topics, topics_of


def existing(topics: Topics, **different: ExistingTopic) -> dict[str, ExistingTopic]:
    """A cluster that has all topics as they should be, but for those that are given."""
    return {
        spec.name: different.get(role, ExistingTopic(spec.partitions, spec.cleanup))
        for role, spec in topics._asdict().items()
    }


def test_names_are_those_of_the_design_with_the_prefix() -> None:
    """Every topic of the design exists under its name, after the prefix."""
    topics = topics_of(Settings(topic_prefix="shop."))
    assert [spec.name.removeprefix("shop.") for spec in topics] == [
        "custom-events",
        "customers",
        "definitions",
        "segment-changes",
        "distribution-triggers",
        "point-events",
        "internal-events",
        "rejected-events",
        "segment-memberships",
        "point-balances",
        "tidemark.customers.changelog",
        "tidemark.rejected.replays",
        "redemption-requests",
        "redemption-decisions",
        "distribution-suppressions",
        "segment-lists",
    ]
    assert all(spec.name.startswith("shop.") for spec in topics)


def test_what_is_newest_per_key_is_compacted() -> None:
    """What says how things are is compacted; what says that something happened is deleted in time."""
    topics = topics_of(Settings())
    assert {spec.name for spec in topics if spec.cleanup == "compact"} == {
        "customers",
        "definitions",
        "segment-memberships",
        "point-balances",
        "tidemark.customers.changelog",
        "tidemark.rejected.replays",
        "segment-lists",
    }


def test_retention_is_a_week_for_events_and_thirty_days_for_rejected_ones() -> None:
    """Retention as the design says, in milliseconds."""
    topics = topics_of(Settings())
    assert topics.custom_events.config["retention.ms"] == "604800000"
    assert topics.rejected_events.config["retention.ms"] == "2592000000"


def test_an_event_too_large_still_reaches_the_worker_and_its_rejection_fits() -> None:
    """Two megabytes fit into custom-events; the rejection holds the largest event in base64, a third longer."""
    topics = topics_of(Settings())
    largest = int(topics.custom_events.config["max.message.bytes"])
    assert largest > 2_000_000
    assert int(topics.rejected_events.config["max.message.bytes"]) > largest * 4 // 3


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_one_replica_may_be_away(replication: int, in_sync: str) -> None:
    """With three replicas two must have a record; with one, one."""
    topics = topics_of(Settings(replication_factor=replication))
    assert {spec.config["min.insync.replicas"] for spec in topics} == {in_sync}
    assert {spec.replication for spec in topics} == {replication}


def test_definitions_have_one_partition_whatever_is_configured() -> None:
    """Definitions are read in one order."""
    topics = topics_of(Settings(partitions=12))
    assert topics.definitions.partitions == 1
    assert topics.custom_events.partitions == 12


def test_an_empty_cluster_needs_everything() -> None:
    """All topics are created as they are specified."""
    topics = topics_of(Settings())
    plan = plan_topics(topics, {})
    assert plan.create == tuple(topics)
    assert plan.refusals == ()


def test_a_complete_cluster_needs_nothing() -> None:
    """Planning again after creation changes nothing."""
    topics = topics_of(Settings())
    assert plan_topics(topics, existing(topics)) == ((), ())


def test_a_missing_co_partitioned_topic_follows_those_that_are_there() -> None:
    """The count of the existing topics wins over the configured one: a customer must not be split."""
    topics = topics_of(Settings(partitions=4))
    cluster = existing(topics_of(Settings(partitions=8)))
    del cluster["customers"], cluster["point-events"]
    plan = plan_topics(topics, cluster)
    assert {spec.name: spec.partitions for spec in plan.create} == {"customers": 8, "point-events": 4}
    assert plan.refusals == ()


def test_unequal_counts_of_co_partitioned_topics_are_refused() -> None:
    """The message names each topic and its count, and what to do."""
    topics = topics_of(Settings())
    plan = plan_topics(topics, existing(topics, customers=ExistingTopic(6, "compact")))
    (refusal,) = plan.refusals
    assert "custom-events has 4, customers has 6" in refusal
    assert "TIDEMARK_TOPIC_PREFIX" in refusal


def test_other_topics_may_have_any_count() -> None:
    """Outputs are keyed, but nobody joins them by partition."""
    topics = topics_of(Settings())
    cluster = existing(topics, segment_changes=ExistingTopic(30, "delete"))
    assert plan_topics(topics, cluster).refusals == ()


def test_a_wrong_cleanup_policy_is_refused() -> None:
    """A changelog that is deleted in time would lose customers; nobody changes a foreign topic either."""
    topics = topics_of(Settings())
    plan = plan_topics(topics, existing(topics, changelog=ExistingTopic(4, "delete")))
    (refusal,) = plan.refusals
    assert refusal.startswith(
        "topic tidemark.customers.changelog: expected cleanup.policy=compact, found delete"
    )


def test_a_definitions_topic_of_many_partitions_is_refused() -> None:
    """With two partitions there would be no order among definitions."""
    topics = topics_of(Settings())
    plan = plan_topics(topics, existing(topics, definitions=ExistingTopic(2, "compact")))
    (refusal,) = plan.refusals
    assert refusal.startswith("topic definitions: expected 1 partition, found 2")


def test_a_policy_of_two_parts_may_be_told_in_any_order() -> None:
    """Rejected events are compacted and deleted in time; brokers tell it as it was set."""
    topics = topics_of(Settings())
    for told in ("compact,delete", "delete,compact", "delete, compact"):
        assert plan_topics(topics, existing(topics, rejected_events=ExistingTopic(4, told))).refusals == ()


@pytest.mark.parametrize("told", ["delete", "compact"])
def test_a_part_of_a_policy_is_refused_with_the_command_that_sets_it(told: str) -> None:
    """A topic of an earlier version has to be altered by its operator."""
    topics = topics_of(Settings())
    (refusal,) = plan_topics(topics, existing(topics, rejected_events=ExistingTopic(4, told))).refusals
    assert f"expected cleanup.policy=compact,delete, found {told}" in refusal
    assert "--entity-name rejected-events --add-config 'cleanup.policy=[compact,delete]'" in refusal


def test_what_a_deleted_customer_sent_is_compacted_within_days() -> None:
    """Segments are closed after a day, and compacted a day later however little changed."""
    config = topics_of(Settings()).rejected_events.config
    assert (config["segment.ms"], config["max.compaction.lag.ms"]) == ("86400000", "86400000")
