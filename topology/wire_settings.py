"""The settings of what stands on the wire: encodings of the outputs, and the schema registry.

Decides names, defaults and what a good value is, as ``settings`` does for all the others, of which these are a part.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

from schemas.outputs import Encoding, output_topics
from topology import readings
from topology.readings import Reading, Secret

ENCODINGS = get_args(Encoding)


def pairs_of_encodings(text: str) -> tuple[str, ...]:
    """Pairs of an output topic and an encoding, such as ``point-events=avro``, with commas between."""
    pairs = tuple(pair.strip() for pair in text.split(",") if pair.strip())
    topics = [pair.partition("=")[0] for pair in pairs]
    known = output_topics()
    if len(set(topics)) < len(topics) or not all(
        topic in known and pair.partition("=")[2] in ENCODINGS
        for topic, pair in zip(topics, pairs, strict=True)
    ):
        raise ValueError(
            f"topic=encoding with commas between, each topic once, of {', '.join(known)} and {', '.join(ENCODINGS)}"
        )
    return pairs


@dataclass(frozen=True, kw_only=True)
class WireSettings:
    """How records are encoded, and which registry knows their schemas."""

    output_encoding: Annotated[
        Encoding,
        Reading(readings.one_of(*ENCODINGS), "Encoding of the output topics: `json`, `avro` or `confluent`"),
    ] = "json"
    topic_encodings: Annotated[
        tuple[str, ...],
        Reading(pairs_of_encodings, "Where single output topics differ: `segment-changes=avro`, with commas"),
    ] = ()
    registry_url: Annotated[
        str | None,
        Reading(readings.web_addresses, "Schema registry, for Confluent's framing; several URLs with commas"),
    ] = None
    registry_credentials: Annotated[
        Secret | None,
        Reading(readings.credentials, "Who asks the registry, `user:password`; not shown"),
    ] = None
    registry_ca: Annotated[
        Path | None,
        Reading(
            readings.existing, "Certificates that the registry's own is checked with, a file or a directory"
        ),
    ] = None
    registry_away: Annotated[
        Literal["wait", "reject"],
        Reading(
            readings.one_of("wait", "reject"),
            "Events of an unknown schema while the registry is away: their partition waits, or they are rejected",
        ),
    ] = "wait"
    registry_register: Annotated[
        Literal["yes", "no"],
        Reading(
            readings.one_of("yes", "no"),
            "Whether a worker registers schemas of outputs, or only looks them up",
        ),
    ] = "yes"
    registry_subjects: Annotated[
        Literal["topic_record", "record"],
        Reading(readings.one_of("topic_record", "record"), "Subjects: TopicRecordName or RecordName"),
    ] = "topic_record"

    def encoding_of(self, topic: str) -> Encoding:
        """The encoding of an output topic, named without prefix."""
        own = dict(pair.split("=") for pair in self.topic_encodings)
        return cast("Encoding", own.get(topic, self.output_encoding))
