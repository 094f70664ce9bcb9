"""The worker's own figures, read from its ``/metrics``.

Decides which of them the demo shows. What they mean is written beside them at the source.
"""

import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

Buckets = Mapping[float, float]
"""Observations up to each bound, cumulative, as Prometheus has them."""


class Vitals(NamedTuple):
    """How the worker was when it was last asked."""

    events: int
    rejected: int
    duplicates: int
    deadlines: int
    commits: int
    lag_records: int
    """Records that wait on the broker, over all partitions."""
    commit_seconds: Buckets
    output_seconds: Buckets
    """From a record's timestamp to its committed outputs."""


def ask(address: str) -> Vitals | None:
    """The figures of the worker that serves HTTP at ``address``; ``None`` while it does not answer."""
    try:
        with urllib.request.urlopen(f"{address}/metrics", timeout=1) as answer:  # noqa: S310 - http to this machine
            return read_vitals(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return None


def read_vitals(text: str) -> Vitals:
    """The figures in a page of Prometheus' text format; what is not there is 0."""
    sums: defaultdict[str, float] = defaultdict(float)
    buckets: defaultdict[str, defaultdict[float, float]] = defaultdict(lambda: defaultdict(float))
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            sums[sample.name] += sample.value
            if sample.name.endswith("_bucket"):
                buckets[sample.name][float(sample.labels["le"])] += sample.value
    return Vitals(
        events=int(sums["tidemark_events_total"]),
        rejected=int(sums["tidemark_events_rejected_total"]),
        duplicates=int(sums["tidemark_events_duplicate_total"]),
        deadlines=int(sums["tidemark_deadlines_total"]),
        commits=int(sums["tidemark_commits_total"]),
        lag_records=int(sums["tidemark_lag_records"]),
        commit_seconds=dict(buckets["tidemark_commit_seconds_bucket"]),
        output_seconds=dict(buckets["tidemark_output_latency_seconds_bucket"]),
    )


def bound_of(buckets: Buckets, share: float) -> float | None:
    """The least bound under which at least ``share`` of the observations lie; ``None`` without observations."""
    total = max(buckets.values(), default=0.0)
    if not total:
        return None
    return min(bound for bound, below in buckets.items() if below >= share * total)
