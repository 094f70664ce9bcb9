"""Every metric of a worker: name, meaning, and what to do when it is off.

A closed set on a registry of its own; names are fixed here and nowhere else. It counts, it does not decide. What a unit
of work did is counted when it is committed: a unit that is dropped, and done again, did nothing.
"""

import collections
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_LATENCY_SECONDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 60)


Tally = collections.Counter[tuple[Any, ...]]
"""How often something happened: by the metric that counts it, and its labels."""


def count(tally: Tally) -> None:
    """Add a tally to its metrics."""
    for (metric, *labels), times in tally.items():
        (metric.labels(*labels) if labels else metric).inc(times)


class Metrics:
    """The metrics of one worker process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._add_input()
        self._add_output()
        self._add_transactions()
        self._add_progress()
        self._add_rules()

    def _add_input(self) -> None:
        counter = partial(Counter, registry=self.registry)
        self.events = counter("tidemark_events", "Events accepted and counted.", ["event"])
        self.rejected = counter(
            "tidemark_events_rejected",
            "Records sent to rejected-events. Tell the source's owner; `rejected-events` has the records.",
            ["reason", "event", "source"],
        )
        self.poison = counter(
            "tidemark_poison",
            "Records and deadlines that broke Tidemark itself, and were parked. Report them; the log says why.",
            ["kind"],
        )
        self.registry_requests = counter(
            "tidemark_schema_registry_requests",
            "Questions to the schema registry, by answer: found, unknown, or away. See the log if it is away.",
            ["outcome"],
        )
        self.duplicates = counter("tidemark_events_duplicate", "Events dropped because their id was seen.")
        self.redemptions = counter(
            "tidemark_redemption_decisions",
            "Answers to requests to redeem, by kind and, where they are refused, by code.",
            ["kind", "code"],
        )
        self.deleted = counter(
            "tidemark_customers_deleted", "Customers that were forgotten because somebody asked."
        )
        self.erased = counter(
            "tidemark_erased", "Rejected records that were taken out, for their customer was forgotten."
        )
        self.forwarded = counter(
            "tidemark_events_forwarded",
            "Records moved to their customer's partition. Their source does not partition by murmur2 of the id.",
            ["source"],
        )

    def _add_output(self) -> None:
        counter = partial(Counter, registry=self.registry)
        self.segment_changes = counter(
            "tidemark_segment_changes", "Customers that entered or left.", ["segment", "change", "cause"]
        )
        self.triggers = counter("tidemark_distribution_triggers", "Messages triggered.", ["distribution"])
        self.suppressed = counter(
            "tidemark_suppressed",
            "Messages held back. Reason template: mend the template; max_age: look for what is late.",
            ["distribution", "reason"],
        )
        self.points = counter("tidemark_points_granted", "Points granted.", ["earning_rule"])
        self.point_moves = counter(
            "tidemark_point_moves",
            "Points that moved on a card otherwise than by a grant: adjusted, reversed, expired.",
            ["type"],
        )
        self.cascades_cut = counter(
            "tidemark_cascades_cut",
            "Internal events that set one another off too long, and were cut. Change the definitions in the log.",
        )
        self.deadlines = counter("tidemark_deadlines", "Deadlines taken from the due index.")

    def _add_transactions(self) -> None:
        histogram = partial(Histogram, buckets=_LATENCY_SECONDS, registry=self.registry)
        self.commits = Counter(
            "tidemark_commits",
            "Transactions, by how they ended: committed, or failed and read again.",
            ["outcome"],
            registry=self.registry,
        )
        self.commit_seconds = histogram(
            "tidemark_commit_seconds", "Time to commit one transaction. Grows with a slow broker."
        )
        self.latency_seconds = histogram(
            "tidemark_output_latency_seconds",
            "From a record's timestamp to its committed outputs, by the oldest record of a batch (wall clock only).",
        )

    def _add_progress(self) -> None:
        gauge = partial(Gauge, labelnames=["partition"], registry=self.registry)
        self.lag_records = gauge(
            "tidemark_lag_records", "Records that wait on the broker. Add workers if it grows."
        )
        self.lag_seconds = gauge(
            "tidemark_lag_seconds",
            "How long the oldest record that waits may have waited. Add workers if it grows.",
        )
        self.storm = gauge(
            "tidemark_rejection_storm",
            "1 while most records are rejected. See `tidemark rejected list`; perhaps a definition was changed.",
        )
        self.overdue = gauge("tidemark_deadlines_overdue_seconds", "How late the earliest deadline is.")
        self.sweep_remaining = gauge(
            "tidemark_sweep_remaining_customers",
            "About how many customers are yet to be decided under changed definitions; 0 when all are.",
        )
        self.restoring = gauge(
            "tidemark_restore_remaining_records", "Changelog records that are left to restore."
        )
        self.put_off = gauge(
            "tidemark_partition_waits_for_schema",
            "1 while a partition is not read because the schema registry does not answer. Mend the registry.",
        )
        self.read_again = Counter(
            "tidemark_partitions_read_again",
            "Partitions read once more, for records were lost on the way. Report it if it grows without rebalances.",
            registry=self.registry,
        )
        self.partitions = Gauge("tidemark_partitions", "Partitions in service.", registry=self.registry)

    def _add_rules(self) -> None:
        gauge = partial(Gauge, registry=self.registry)
        self.ruleset = gauge("tidemark_ruleset_info", "The ruleset in force.", ["fingerprint"])
        self.ruleset_applied = gauge(
            "tidemark_ruleset_applied_timestamp_seconds", "When the newest definition in force was applied."
        )
        self.ruleset_refused = gauge(
            "tidemark_ruleset_refused",
            "1 while the newest definitions do not compile and older ones serve. Mend and apply them.",
        )
