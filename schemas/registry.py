"""A schema registry, asked through Confluent's own client: schemas by id, and ids of our own schemas.

Decides what a failure means (``UnknownSchema``, or whatever the client raises if the registry cannot be asked), and
under which subject a schema stands. Every call blocks until the registry answers or its time is over; what is known is
kept elsewhere.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import httpx2
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from schemas.writer_schemas import SchemaKey, UnknownSchema

SubjectStrategy = Literal["topic_record", "record"]
"""``TopicRecordName``: the topic, a dash and the record's full name; ``RecordName``: the record's full name."""

_SECONDS = 4.0
"""For one request; a registry that takes longer is away."""
_NOT_FOUND = {40401, 40402, 40403}
"""The registry's own codes: no such subject, version, schema. A bare 404 is a wrong address instead."""

_CANNOT_BE_ASKED = (httpx2.HTTPError, OSError, ValueError, TypeError, KeyError, AttributeError)
"""What the client lets through: the network's errors, and its own where an answer is not of the registry's form."""


class RegistryAddress(NamedTuple):
    """Where a registry is, and who asks."""

    url: str
    """One, or several with commas between."""
    credentials: str | None = None
    """``user:password``."""
    ca: str | None = None
    """A file of certificates, or a directory of them; None for those that come with the client."""
    seconds: float = _SECONDS
    """How long one request may take."""


class RegistryFailed(Exception):  # noqa: N818 -- says what happened
    """The registry answered with something that no schema can be taken from; the text is its answer."""


class Registry:
    """One registry. Its calls may be made from several threads."""

    def __init__(self, address: RegistryAddress) -> None:
        conf: dict[str, Any] = {
            "url": address.url,
            "timeout": address.seconds,
            "max.retries": 0,  # whoever asks decides when to ask again
        }
        if address.credentials is not None:
            conf["basic.auth.user.info"] = address.credentials
        if address.ca is not None:
            conf["ssl.ca.location"] = address.ca
        self._client = SchemaRegistryClient(conf)

    def fetch(self, key: SchemaKey) -> str:
        """The text of a schema. Raises ``UnknownSchema``, or something else if the registry cannot be asked."""
        try:
            if isinstance(key, int):
                found = self._client.get_schema(key)
            else:
                found = self._client.get_schema_by_guid(str(uuid.UUID(bytes=key)))
        except SchemaRegistryError as error:
            if error.error_code in _NOT_FOUND:
                raise UnknownSchema(str(error)) from error
            raise
        if found.schema_type not in {"AVRO", None}:
            return json.dumps(
                f"{found.schema_type} schema"
            )  # text that is no record: nothing is read with it
        return str(found.schema_str)

    def identify(self, subject: str, schema: Mapping[str, Any], *, register: bool) -> int:
        """The id of a schema under a subject; it is registered first if it may be.

        Raises ``RegistryFailed``, whatever the failure, with the registry's answer.
        """
        ours = Schema(json.dumps(schema), "AVRO")
        try:
            if register:
                return int(self._client.register_schema(subject, ours))
            return int(self._client.lookup_schema(subject, ours).schema_id)
        except SchemaRegistryError as error:
            raise RegistryFailed(str(error)) from error
        except _CANNOT_BE_ASKED as error:
            raise RegistryFailed(f"{type(error).__name__}: {error}") from error


def subject_of(topic: str, schema: Mapping[str, Any], strategy: SubjectStrategy) -> str:
    """The subject under which a schema of a topic stands, as Confluent's serialisers name it."""
    record = f"{schema['namespace']}.{schema['name']}"
    return record if strategy == "record" else f"{topic}-{record}"
