"""Every metric of the gateway: name and meaning. It counts, it does not decide.

A worker's pages, which are served from this room too, show the worker's own metrics instead.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram


class GatewayMetrics:
    """The metrics of one gateway process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "tidemark_gateway_events",
            "Events by name, and what became of them: accepted, rejected, or failed if no broker took them.",
            ["event", "result"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "tidemark_gateway_request_seconds", "From a request to its answer.", registry=self.registry
        )
