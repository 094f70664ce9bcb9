"""The installation as text: topics, what must fit together, settings, events, live definitions.

Pure and deterministic, so that it can be kept beside the code and compared. Decides order and layout only.
"""

from collections.abc import Mapping

from schemas.catalog import Catalog, internal_names
from streams.domain.instants import Milliseconds
from topology.definitions.published import LiveDefinitions
from topology.readings import Reading, Secret, duration, write_duration
from topology.settings import Settings, readings_of_settings, variable_of
from topology.tables import table
from topology.topics import Topics


def describe_topics(topics: Topics) -> str:
    """The topics as a table, and which of them share their partitioning."""
    rows = [(spec.name, spec.key, str(spec.partitions), _kept(spec.config), spec.doc) for spec in topics]
    together = ", ".join(spec.name for spec in topics.co_partitioned)
    return (
        f"{table(('topic', 'key', 'partitions', 'kept', 'record'), rows)}\n\n"
        f"Equal partition counts, or no worker starts: {together}.\n"
        "Keys are UTF-8, partitioned by murmur2 as Java clients do."
    )


def describe_settings(settings: Settings) -> str:
    """Every setting with its variable, value and meaning."""
    rows = [
        (variable_of(name), _written(getattr(settings, name), reading), reading.doc)
        for name, reading in readings_of_settings().items()
    ]
    rows.append(
        (
            "TIDEMARK_KAFKA_…",
            " ".join(sorted(settings.kafka)) or "-",
            "Further librdkafka properties, see below",
        )
    )
    return (
        f"{table(('variable', 'value', 'meaning'), rows)}\n\n"
        "TIDEMARK_KAFKA_SECURITY_PROTOCOL=SASL_SSL sets security.protocol, and so on; values are not shown."
    )


def describe_events(catalog: Catalog) -> str:
    """The events of a catalog with their attributes, but for internal ones; a star marks the mandatory ones."""
    rows, internal = [], internal_names() & catalog.definitions.keys()
    for name, definition in sorted(catalog.definitions.items()):
        if name in internal:
            continue
        attributes = [
            f"{attribute}{'*' if each.mandatory else ''} {each.type}"
            for attribute, each in definition.attributes.items()
        ]
        rows.append((name, ", ".join([*attributes, *(["…"] if definition.additional else [])])))
    more = (
        f"\n\nBeside them, {len(internal)} internal events: see `tidemark schema list`." if internal else ""
    )
    return table(("event", "attributes (* mandatory)"), rows) + more


def describe_live(live: LiveDefinitions) -> str:
    """The live definitions with their versions."""
    if not live.published:
        return "No definitions are live; publish some with `tidemark apply DIR`."
    rows = [(each.key, str(each.version), each.applied_at) for each in live.published.values()]
    return table(("definition", "version", "applied"), rows)


def sections(parts: Mapping[str, str]) -> str:
    """Titled parts as one text."""
    return "\n\n".join(f"{title}\n{'=' * len(title)}\n{text}" for title, text in parts.items())


def _kept(config: Mapping[str, str]) -> str:
    """How long a topic keeps what."""
    if config["cleanup.policy"] == "compact":
        return "newest per key"
    return f"{int(config['retention.ms']) // 86_400_000} days"


def _written(value: object, reading: Reading) -> str:
    if reading.read is duration and isinstance(value, int):
        return write_duration(Milliseconds(value))
    if value is None or value in ("", ()):
        return "-"
    if isinstance(value, tuple) and not isinstance(value, Secret):
        return " ".join(map(str, value))
    return str(value)
