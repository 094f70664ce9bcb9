"""What a Prometheus that scrapes Tidemark knows: the names of series, each with its labels."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import promql_parser
from prometheus_client import CollectorRegistry, ProcessCollector

from streams.engine.metrics import Metrics
from streams.gateway.metrics import GatewayMetrics

SCRAPED = frozenset({"job", "instance"})
"""Labels that a scrape adds."""
_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
_KUBELET = frozenset({"namespace", "persistentvolumeclaim"})
ELSEWHERE = {f"kubelet_volume_stats_{what}_bytes": _KUBELET for what in ("available", "capacity")}
"""What Kubernetes tells of volumes."""


def exported() -> dict[str, frozenset[str]]:
    """All series, with the labels by which they are told apart."""
    process = CollectorRegistry()
    ProcessCollector(registry=process)
    known = {family.name + ("_total" if family.type == "counter" else "") for family in process.collect()}
    series = dict(_series(Metrics().registry)) | dict(_series(GatewayMetrics().registry))
    return series | dict.fromkeys(known, SCRAPED) | {name: each | SCRAPED for name, each in ELSEWHERE.items()}


def _series(registry: CollectorRegistry) -> Iterator[tuple[str, frozenset[str]]]:
    for collector in registry._collector_to_names:
        metric: Any = collector
        (family,) = metric.describe()
        labels = SCRAPED | set(metric._labelnames)
        for suffix in _SUFFIXES[family.type]:
            yield family.name + suffix, frozenset(labels | ({"le"} if suffix == "_bucket" else set()))


class Selector(NamedTuple):
    """A series that a query reads."""

    name: str
    matched: frozenset[str]
    """Labels that it asks for."""


class Read(NamedTuple):
    """What a query reads, and by which labels it sums up or joins."""

    selectors: tuple[Selector, ...]
    grouped: frozenset[str]


def read(query: str) -> Read:
    """Take a query apart. Raises ``ValueError`` if Prometheus would not take it."""
    expressions = [*_parts(promql_parser.parse(query))]
    selectors = tuple(
        Selector(each.name or "", frozenset(matcher.name for matcher in each.matchers.matchers))
        for each in expressions
        if isinstance(each, promql_parser.VectorSelector)
    )
    grouped = {
        label
        for each in expressions
        if isinstance(each, promql_parser.AggregateExpr) and each.modifier is not None
        for label in each.modifier.labels
    }
    return Read(selectors, frozenset(grouped))


def _parts(expression: Any) -> Iterator[Any]:
    yield expression
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        part = getattr(expression, name, None)
        if part is not None:
            yield from _parts(part)
    for argument in getattr(expression, "args", None) or ():
        yield from _parts(argument)
