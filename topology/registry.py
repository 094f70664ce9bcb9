"""The schema registry of an installation: what is asked of it at the start, and what is left to the stream.

Decides that output schemas have their ids before a worker serves, and what an operator is told if they have not. Which
schemas producers write with is found out as their events come.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from schemas.outputs import Encode, output_encoder, output_schema
from schemas.writer_schemas import WriterSchemas
from streams.engine.errors import ConfigurationError
from streams.engine.metrics import Metrics
from topology.settings import Settings

if TYPE_CHECKING:
    from schemas.registry import Registry

_AT_A_TIME = 2
"""Questions to the registry; a schema is asked for once in a worker's life."""


def connect_registry(settings: Settings) -> "Registry | None":
    """The registry, if one is configured; it is not asked yet. Raises ``ConfigurationError``."""
    if settings.registry_url is None:
        return None
    from schemas.registry import Registry, RegistryAddress

    secret, ca = settings.registry_credentials, settings.registry_ca
    address = RegistryAddress(
        settings.registry_url, None if secret is None else secret.text, None if ca is None else str(ca)
    )
    try:
        return Registry(address)
    except (OSError, ValueError) as error:  # such as a file that holds no certificates
        raise ConfigurationError(
            f"the schema registry {settings.registry_url} cannot be used: {error}. "
            "See TIDEMARK_REGISTRY_URL and TIDEMARK_REGISTRY_CA"
        ) from error


def writer_schemas(registry: "Registry | None", settings: Settings, metrics: Metrics) -> WriterSchemas | None:
    """What is known of producers' schemas; empty at first."""
    if registry is None:
        return None

    def watch(outcome: str) -> None:
        metrics.registry_requests.labels(outcome).inc()

    executor = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="registry")
    return WriterSchemas(registry.fetch, executor, waits=settings.registry_away == "wait", watch=watch)


def output_encoders(registry: "Registry | None", settings: Settings) -> Callable[[str], Encode]:
    """What makes the encoder of an output topic, named without prefix.

    It asks the registry where the topic is written in Confluent's framing, and raises ``ConfigurationError``.
    """

    def encoder(topic: str) -> Encode:
        encoding = settings.encoding_of(topic)
        if encoding != "confluent":
            return output_encoder(topic, encoding)
        return output_encoder(topic, encoding, _schema_id(topic, registry, settings))

    return encoder


def _schema_id(topic: str, registry: "Registry | None", settings: Settings) -> int:
    if registry is None:
        raise ConfigurationError(
            f"topic {topic} is to be written in Confluent's framing, and no schema registry is configured. "
            "Set TIDEMARK_REGISTRY_URL, or another encoding"
        )
    from schemas.registry import RegistryFailed, subject_of

    schema = output_schema(topic)
    subject = subject_of(settings.topic_prefix + topic, schema, settings.registry_subjects)
    try:
        return registry.identify(subject, schema, register=settings.registry_register == "yes")
    except RegistryFailed as failure:
        advice = (
            "Is the registry there, may this user write to it, and is what stands under the subject compatible?"
            if settings.registry_register == "yes"
            else f"Register schemas/outputs/{topic}.avsc under the subject, or set TIDEMARK_REGISTRY_REGISTER=yes"
        )
        raise ConfigurationError(
            f"the schema of {topic} has no id in the schema registry {settings.registry_url}, "
            f"subject {subject}: {failure}. {advice}"
        ) from failure
