"""The metrics of a worker: a closed set, each with a text that says what it means."""

from prometheus_client import generate_latest

from streams.engine.metrics import Metrics

NAMES = {
    "tidemark_events",
    "tidemark_events_rejected",
    "tidemark_poison",
    "tidemark_customers_deleted",
    "tidemark_erased",
    "tidemark_redemption_decisions",
    "tidemark_events_duplicate",
    "tidemark_events_forwarded",
    "tidemark_segment_changes",
    "tidemark_distribution_triggers",
    "tidemark_suppressed",
    "tidemark_points_granted",
    "tidemark_point_moves",
    "tidemark_deadlines",
    "tidemark_cascades_cut",
    "tidemark_commits",
    "tidemark_commit_seconds",
    "tidemark_output_latency_seconds",
    "tidemark_lag_records",
    "tidemark_lag_seconds",
    "tidemark_rejection_storm",
    "tidemark_schema_registry_requests",
    "tidemark_partition_waits_for_schema",
    "tidemark_deadlines_overdue_seconds",
    "tidemark_restore_remaining_records",
    "tidemark_sweep_remaining_customers",
    "tidemark_partitions",
    "tidemark_partitions_read_again",
    "tidemark_ruleset_info",
    "tidemark_ruleset_applied_timestamp_seconds",
    "tidemark_ruleset_refused",
}
"""What dashboards and alerts may rest on; a change here is a change for every operator."""


def test_the_names_are_a_closed_set() -> None:
    """Exactly these metrics exist, no more and no less."""
    assert {metric.name for metric in Metrics().registry.collect()} == NAMES


def test_every_metric_is_documented() -> None:
    """Each metric says in a sentence what it counts or shows."""
    for metric in Metrics().registry.collect():
        assert len(metric.documentation.split()) >= 2, metric.name
        assert metric.documentation.endswith("."), metric.name


def test_two_workers_in_one_process_count_apart() -> None:
    """Each has a registry of its own, so tests and tools may make as many as they like."""
    one, other = Metrics(), Metrics()
    one.duplicates.inc()
    assert b"tidemark_events_duplicate_total 1.0" in generate_latest(one.registry)
    assert b"tidemark_events_duplicate_total 0.0" in generate_latest(other.registry)


def test_labels_are_those_that_dashboards_ask_for() -> None:
    """Counters are told apart by event, reason, segment, cause and the like, gauges by partition."""
    metrics = Metrics()
    metrics.rejected.labels("wrong_type", "purchase", "till").inc()
    metrics.segment_changes.labels("regulars", "entered", "time").inc(2)
    metrics.lag_records.labels("3").set(7)
    text = generate_latest(metrics.registry).decode()
    assert 'tidemark_events_rejected_total{event="purchase",reason="wrong_type",source="till"} 1.0' in text
    assert 'tidemark_segment_changes_total{cause="time",change="entered",segment="regulars"} 2.0' in text
    assert 'tidemark_lag_records{partition="3"} 7.0' in text
