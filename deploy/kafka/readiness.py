"""Whether a broker serves: asked as a client asks, by a request for its metadata.

Decides nothing about processes; whoever waits says how to see that waiting has become pointless.
"""

import logging
import time
from collections.abc import Callable
from typing import Literal

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

Outcome = Literal["ready", "ended", "late"]


def serves(bootstrap: str, patience: float = 5.0) -> bool:
    """Whether a cluster answers under this address within ``patience`` seconds, and has a broker at work."""
    return wait_until_ready(bootstrap, lambda: True, patience) == "ready"


def wait_until_ready(bootstrap: str, still_running: Callable[[], bool], patience: float) -> Outcome:
    """Wait until the cluster has a broker at work, the process has ended, or ``patience`` seconds are over."""
    client = AdminClient(
        {
            "bootstrap.servers": bootstrap,
            "reconnect.backoff.ms": 20,
            "reconnect.backoff.max.ms": 100,
            "socket.timeout.ms": 1000,
        },
        logger=_silent_logger(),
    )
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if _has_broker(client):
            return "ready"
        if not still_running():
            return "ended"
    return "late"


def _has_broker(client: AdminClient) -> bool:
    try:
        return bool(client.list_topics(timeout=0.25).brokers)
    except KafkaException:
        return False


def _silent_logger() -> logging.Logger:
    """A logger that keeps to itself the refused connections of a broker that is still starting."""
    logger = logging.getLogger("tidemark.local_broker.client")
    logger.setLevel(logging.CRITICAL)
    logger.propagate = False
    return logger
