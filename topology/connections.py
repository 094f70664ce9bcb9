"""Connections to the cluster for the commands: made when needed, answered or refused with advice.

Decides how long to wait and what to tell the operator when nobody answers. Knows no topic.
"""

import logging
from typing import Any

from streams.engine.errors import ConfigurationError
from topology.settings import Settings

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0
"""How long a command waits for a broker before it gives up."""


def connect(settings: Settings) -> Any:
    """An ``AdminClient`` of a cluster that has just answered; ``ConfigurationError`` if none did."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    # librdkafka reports a refused connection on stderr, line after line; one message of ours says it better.
    admin = AdminClient({**settings.client(), "log_level": 0})
    try:
        admin.list_topics(timeout=PATIENCE_SECONDS)
    except KafkaException as error:
        raise unreachable(settings, str(error.args[0].str())) from error
    return admin


def unreachable(settings: Settings, reason: str) -> ConfigurationError:
    """The refusal for a cluster that does not answer."""
    return ConfigurationError(
        f"no Kafka broker answers at {settings.bootstrap} ({reason}). "
        "Start one with `tidemark broker start`, or set TIDEMARK_BOOTSTRAP to a cluster that runs",
    )


def wait_for_broker(settings: Settings) -> None:
    """Return when a broker answers; until then say every few seconds that nobody does."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({**settings.client(), "log_level": 0})
    while True:
        try:
            admin.list_topics(timeout=PATIENCE_SECONDS)
        except KafkaException as error:
            logger.warning("%s. Waiting for it", unreachable(settings, str(error.args[0].str())))
        else:
            return
