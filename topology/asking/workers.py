"""Which worker has which partition, as the brokers know it.

Decides who is asked. Knows nothing of what is asked.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from streams.engine.errors import ConfigurationError
from topology.asking.addresses import address_in
from topology.connections import PATIENCE_SECONDS, connect
from topology.settings import Settings
from topology.topics import topics_of


class Holder(NamedTuple):
    """The worker that has a partition."""

    address: str | None
    """Where it is reached; ``None`` if it does not say so."""
    host: str
    """Where it talks to the brokers from."""

    @property
    def name(self) -> str:
        """For a person."""
        return self.address or f"a worker at {self.host}"


class Workers:
    """The workers of one installation. Raises ``ConfigurationError`` if brokers or topics are not there."""

    def __init__(self, settings: Settings) -> None:
        self._admin: Any = connect(settings)
        self._group = settings.group_id
        self._topic = topics_of(settings).custom_events.name
        topics = self._admin.list_topics(timeout=PATIENCE_SECONDS).topics
        if self._topic not in topics:
            raise ConfigurationError(
                f"topic {self._topic} does not exist; create it with `tidemark apply DIR`, then start a worker"
            )
        self.partitions = len(topics[self._topic].partitions)
        """How many there are in all."""

    def holders(self) -> Mapping[int, Holder]:
        """Who has which partition just now; while the group is rebalancing, nobody may have any."""
        from confluent_kafka import KafkaError, KafkaException

        asked = self._admin.describe_consumer_groups([self._group], request_timeout=PATIENCE_SECONDS)
        try:
            members = asked[self._group].result().members
        except KafkaException as error:
            if error.args[0].code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
                raise ConfigurationError(
                    f"group {self._group} cannot be described: {error.args[0].str()}"
                ) from error
            return {}  # such as a coordinator that is only just being found
        return {
            place.partition: Holder(address_in(member.client_id), member.host.lstrip("/"))
            for member in members
            for place in (member.assignment.topic_partitions if member.assignment else ())
            if place.topic == self._topic
        }
