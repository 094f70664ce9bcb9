"""The settings of every Tidemark process, read once from the environment.

Decides names, defaults and what a good value is. This is the only file that reads environment variables;
everybody else is handed a ``Settings``. Knows nothing of what the settings are used for. Each field carries
its own explanation, which ``tidemark describe`` prints.
"""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import schemas
from schemas.compatibility_mode import MODES, Mode
from streams.domain.instants import DAY, Milliseconds
from streams.engine.errors import ConfigurationError
from topology import readings
from topology.readings import Reading
from topology.wire_settings import WireSettings

Clock = Literal["wall", "stream"]

PREFIX = "TIDEMARK_"
KAFKA_PREFIX = "TIDEMARK_KAFKA_"
LOCAL_BOOTSTRAP = Path(".tidemark/broker/bootstrap")
"""Where a running local broker leaves its address, below the working directory."""

_OURS = frozenset(
    {
        "bootstrap.servers",
        "group.id",
        "group.instance.id",
        "transactional.id",
        "enable.auto.commit",
        "isolation.level",
        "enable.idempotence",
        "acks",
        "partitioner",
        "auto.offset.reset",
    },
)
"""Client properties on which exactly-once rests: not open to the environment."""

_SERVICE_LINK = re.compile(
    r"(_SERVICE_HOST|_SERVICE_PORT(_\w+)?|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$",
)
"""Variables that Kubernetes sets for a service whose name begins with ``tidemark``: nobody's settings."""
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://")
"""What such a variable holds if it has the name of a setting: a service ``tidemark-gateway`` sets that of its port."""


_FIVE_MINUTES = Milliseconds(300_000)


@dataclass(frozen=True, kw_only=True)
class Settings(WireSettings):
    """How this installation is set up; a field's variable is ``TIDEMARK_`` and its name in capitals."""

    bootstrap: Annotated[
        str,
        Reading(readings.addresses, "Kafka brokers, host:port with commas between"),
    ] = "localhost:9092"
    topic_prefix: Annotated[
        str,
        Reading(readings.topic_prefix, "Put before every topic, group and transactional id, e.g. `shop.`"),
    ] = ""
    partitions: Annotated[
        int,
        Reading(readings.integer(1, 10_000), "Partitions of topics that `tidemark apply` creates"),
    ] = 4
    replication_factor: Annotated[
        int,
        Reading(readings.integer(1, 32), "Replicas of topics that `tidemark apply` creates; 3 in production"),
    ] = 1
    group_instance_id: Annotated[
        str | None,
        Reading(readings.name, "Static membership: a name that a restarted worker keeps, such as its pod's"),
    ] = None
    state_directory: Annotated[
        Path,
        Reading(Path, "Where a worker keeps its RocksDB stores"),
    ] = Path(".tidemark/state")
    clock: Annotated[
        Clock,
        Reading(
            readings.one_of("wall", "stream"), "`wall`, or `stream` (largest event time seen) for history"
        ),
    ] = "wall"
    duplicate_window: Annotated[
        Milliseconds,
        Reading(readings.duration, "How long event ids are remembered to drop repeats; an ISO 8601 duration"),
    ] = DAY
    max_event_ahead: Annotated[
        Milliseconds,
        Reading(readings.duration, "How far ahead of the wall clock an event may be; an ISO 8601 duration"),
    ] = _FIVE_MINUTES
    commit_interval_ms: Annotated[
        int,
        Reading(readings.integer(1, 60_000), "Milliseconds between transactions"),
    ] = 100
    transaction_records: Annotated[
        int,
        Reading(readings.integer(1, 1_000_000), "Input records after which a transaction commits at once"),
    ] = 50_000
    poison_limit: Annotated[
        int,
        Reading(
            readings.integer(0, 1_000),
            "Records that may break Tidemark itself, and are parked, before a worker stops",
        ),
    ] = 10
    storm_percent: Annotated[
        int,
        Reading(
            readings.integer(1, 100),
            "Percentage of a partition's records above which their rejection is a storm; 100 is never exceeded",
        ),
    ] = 50
    storm_records: Annotated[
        int,
        Reading(readings.integer(1, 1_000_000), "Fewer records than these in that time are no storm"),
    ] = 100
    storm_seconds: Annotated[
        int,
        Reading(readings.integer(1, 86_400), "Seconds over which that percentage is taken"),
    ] = 60
    storm_action: Annotated[
        Literal["report", "stop"],
        Reading(readings.one_of("report", "stop"), "In a storm, `report` it, or `stop` the worker as well"),
    ] = "report"
    http_host: Annotated[
        str,
        Reading(
            readings.name, "Address on which a worker serves /metrics, /ready and questions about customers"
        ),
    ] = "127.0.0.1"
    http_port: Annotated[
        int,
        Reading(readings.integer(0, 65_535), "The port for these; 0 takes any free one"),
    ] = 9464
    gateway_host: Annotated[
        str,
        Reading(readings.name, "Address on which the gateway takes events over HTTP"),
    ] = "127.0.0.1"
    gateway_port: Annotated[
        int,
        Reading(readings.integer(0, 65_535), "Port on which the gateway takes events; 0 takes any free one"),
    ] = 8080
    http_advertised: Annotated[
        str | None,
        Reading(
            readings.web_address,
            "URL at which `tidemark find` and `explain` reach this worker; else made of the address, or the host name",
        ),
    ] = None
    schema_directories: Annotated[
        tuple[Path, ...],
        Reading(readings.directories, "More directories of event definitions (*.avsc), separated as in PATH"),
    ] = ()
    compatibility: Annotated[
        Mode,
        Reading(
            readings.one_of(*MODES),
            "What a changed event definition must keep: BACKWARD (old events), FORWARD (old readers), FULL or NONE",
        ),
    ] = "FULL"
    log_level: Annotated[
        str,
        Reading(readings.one_of("debug", "info", "warning", "error"), "Least severity that is logged"),
    ] = "info"
    kafka: Mapping[str, str] = field(default_factory=dict)
    """Further librdkafka properties: ``TIDEMARK_KAFKA_SECURITY_PROTOCOL`` sets ``security.protocol``."""

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        directory: Path = Path(),
    ) -> "Settings":
        """Read the settings; ``directory`` is where a local broker's ``.tidemark`` would stand.

        Raises ``ConfigurationError`` that names the variable, what it holds and what was expected.
        """
        variables = dict(os.environ if environment is None else environment)
        values: dict[str, Any] = {}
        for name, reading in readings_of_settings().items():
            variable = variable_of(name)
            text = variables.get(variable, "").strip()
            if text and not (_SERVICE_LINK.search(variable) and _SERVICE_ADDRESS.match(text)):
                values[name] = _read(name, reading, text)
        if "bootstrap" not in values:
            values.update(_local_broker(directory))
        _refuse_misspelt(variables)
        return cls(**values, kafka=_client_properties(variables))

    @property
    def group_id(self) -> str:
        """The consumer group of the workers."""
        return f"{self.topic_prefix}tidemark"

    @property
    def transactional_id(self) -> str:
        """The stem of transactional ids; whoever opens one adds what keeps two producers apart."""
        return f"{self.topic_prefix}tidemark"

    @property
    def event_directories(self) -> tuple[Path, ...]:
        """All directories of event definitions, the ones that come with Tidemark first."""
        own = Path(schemas.__file__).parent
        return (own / "events", own / "internal", *self.schema_directories)

    def client(self) -> dict[str, Any]:
        """The librdkafka properties that every client of this installation begins with."""
        return {"bootstrap.servers": self.bootstrap, "client.id": "tidemark", **self.kafka}


def environment_of_this_process() -> dict[str, str]:
    """The variables as they are, for a process that is started with some of them changed."""
    return dict(os.environ)


def external_bootstrap(environment: Mapping[str, str] | None = None) -> str | None:
    """The brokers that the operator named, if any: they stand in for a broker on this machine.

    Raises ``ConfigurationError`` if what is named is no address.
    """
    variables = os.environ if environment is None else environment
    text = variables.get(variable_of("bootstrap"), "").strip()
    return str(_read("bootstrap", readings_of_settings()["bootstrap"], text)) if text else None


def variable_of(name: str) -> str:
    """The environment variable of one setting."""
    return PREFIX + name.upper()


def readings_of_settings() -> dict[str, Reading]:
    """Every setting that has a variable of its own, in the order of ``Settings``, those of the wire last."""
    hints = get_type_hints(Settings, include_extras=True)
    names = dict.fromkeys((*Settings.__annotations__, *hints))
    return {name: hints[name].__metadata__[0] for name in names if hasattr(hints[name], "__metadata__")}


def _read(name: str, reading: Reading, text: str) -> object:
    try:
        return reading.read(text)
    except ValueError as error:
        found = "something else" if reading.read is readings.credentials else repr(text)
        raise ConfigurationError(f"{variable_of(name)}: expected {error}, found {found}") from error


def _local_broker(directory: Path) -> dict[str, str]:
    """The address that ``tidemark broker start`` left behind, if it did."""
    try:
        address = (directory / LOCAL_BOOTSTRAP).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {"bootstrap": address} if address else {}


def _client_properties(variables: Mapping[str, str]) -> dict[str, str]:
    properties = {}
    for variable, value in variables.items():
        if not variable.startswith(KAFKA_PREFIX) or _SERVICE_LINK.search(variable):
            continue
        name = variable.removeprefix(KAFKA_PREFIX).lower().replace("_", ".")
        if name in _OURS:
            raise ConfigurationError(
                f"{variable}: expected a property that Tidemark leaves open, found {name}; unset it",
            )
        properties[name] = value
    return properties


def _refuse_misspelt(variables: Mapping[str, str]) -> None:
    """An unknown variable that looks like a setting is a mistake worth stopping for; others are not ours."""
    known = [variable_of(name) for name in readings_of_settings()]
    for variable in sorted(variables):
        if not variable.startswith(PREFIX) or variable.startswith(KAFKA_PREFIX) or variable in known:
            continue
        near = difflib.get_close_matches(variable, known, n=1, cutoff=0.85)
        if near and not _SERVICE_LINK.search(variable):
            raise ConfigurationError(f"{variable}: no setting has this name; did you mean {near[0]}?")
