"""The mailer's metrics. Decides their names; what is counted when is decided by the mailer."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Counts:
    """The metrics of one mailer, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sent = Counter("mailer_sent", "Letters handed over.", registry=self.registry)
        self.skipped = Counter(
            "mailer_skipped",
            "Triggers that needed no letter: channel, expired, duplicate, in_doubt.",
            ["reason"],
            registry=self.registry,
        )
        self.set_aside = Counter(
            "mailer_set_aside",
            "Triggers kept in the ledger for somebody to look at: template, no_address, refused. Alert on it.",
            ["reason"],
            registry=self.registry,
        )
        self.in_doubt = Counter(
            "mailer_in_doubt",
            "Letters of which nobody can say whether the server has them.",
            registry=self.registry,
        )
        self.retries = Counter("mailer_retries", "Attempts that did not succeed.", registry=self.registry)
        self.held = Gauge("mailer_held", "1 while a letter waits for the server.", registry=self.registry)
        self.delay = Histogram(
            "mailer_delay_seconds",
            "From the moment that a trigger became true to the hand-over.",
            buckets=(0.1, 0.5, 1, 2, 5, 15, 60, 300, 3_600, 86_400),
            registry=self.registry,
        )
