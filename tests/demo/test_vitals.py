"""The worker's page of metrics, as the demo reads it."""

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from deploy.demo.vitals import ask, bound_of, read_vitals


def test_figures_are_summed_over_labels() -> None:
    """Counters and gauges of several partitions, events and causes become one number each."""
    registry = CollectorRegistry()
    events = Counter("tidemark_events", "-", ["event"], registry=registry)
    events.labels("purchase").inc(5)
    events.labels("return").inc(2)
    lag = Gauge("tidemark_lag_records", "-", ["partition"], registry=registry)
    lag.labels("0").set(7)
    lag.labels("1").set(4)
    Counter("tidemark_commits", "-", ["outcome"], registry=registry).labels("committed").inc(3)
    vitals = read_vitals(generate_latest(registry).decode())
    assert (vitals.events, vitals.lag_records, vitals.commits) == (7, 11, 3)
    assert (vitals.rejected, vitals.duplicates, vitals.deadlines) == (0, 0, 0)


def test_the_bound_of_a_histogram_is_the_least_that_holds_the_share() -> None:
    """Of 10 observations 9 are under 0.1 and one under 1: the median's bound is 0.1, that of 99 % is 1."""
    registry = CollectorRegistry()
    seconds = Histogram("tidemark_commit_seconds", "-", buckets=(0.1, 1), registry=registry)
    for observed in [0.05] * 9 + [0.5]:
        seconds.observe(observed)
    buckets = read_vitals(generate_latest(registry).decode()).commit_seconds
    assert (bound_of(buckets, 0.5), bound_of(buckets, 0.9), bound_of(buckets, 0.99)) == (0.1, 0.1, 1.0)


def test_without_observations_there_is_no_bound() -> None:
    """Neither an absent histogram nor an empty one has one."""
    assert bound_of({}, 0.5) is None
    assert bound_of({0.1: 0.0, float("inf"): 0.0}, 0.5) is None


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://nowhere.invalid:1"])
def test_a_worker_that_does_not_answer_has_no_vitals(address: str) -> None:
    """Nobody listens, or there is no such host: nothing is known, and nothing is raised."""
    assert ask(address) is None
