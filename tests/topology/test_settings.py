"""Settings: what the environment says, what it may not say, and what is said about mistakes."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from streams.engine.errors import ConfigurationError
from topology.describing import describe_settings
from topology.settings import LOCAL_BOOTSTRAP, Settings, readings_of_settings, variable_of


def test_an_empty_environment_gives_the_defaults(tmp_path: Path) -> None:
    """Without any variable the settings are those of a local trial."""
    settings = Settings.from_environment({}, directory=tmp_path)
    assert settings.bootstrap == "localhost:9092"
    assert (settings.partitions, settings.replication_factor) == (4, 1)
    assert settings.duplicate_window == 24 * 60 * 60 * 1000
    assert settings.max_event_ahead == 5 * 60 * 1000
    assert settings.commit_interval_ms == 100
    assert settings.clock == "wall"


def test_a_running_local_broker_is_found(tmp_path: Path) -> None:
    """The address that the local broker left below the working directory is used."""
    place = tmp_path / LOCAL_BOOTSTRAP
    place.parent.mkdir(parents=True)
    place.write_text("127.0.0.1:30123\n", encoding="utf-8")
    assert Settings.from_environment({}, directory=tmp_path).bootstrap == "127.0.0.1:30123"


def test_a_named_cluster_wins_over_the_local_broker(tmp_path: Path) -> None:
    """TIDEMARK_BOOTSTRAP is used even where a local broker runs."""
    place = tmp_path / LOCAL_BOOTSTRAP
    place.parent.mkdir(parents=True)
    place.write_text("127.0.0.1:30123", encoding="utf-8")
    settings = Settings.from_environment({"TIDEMARK_BOOTSTRAP": "kafka:9092"}, directory=tmp_path)
    assert settings.bootstrap == "kafka:9092"


def test_group_and_transactional_id_carry_the_prefix() -> None:
    """Two installations on one cluster share neither group nor transactional id."""
    settings = Settings.from_environment({"TIDEMARK_TOPIC_PREFIX": "shop."})
    assert settings.group_id == "shop.tidemark"
    assert settings.transactional_id == "shop.tidemark"


def test_further_client_properties_come_from_the_environment() -> None:
    """TIDEMARK_KAFKA_A_B sets librdkafka's property a.b for every client."""
    settings = Settings.from_environment(
        {"TIDEMARK_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "TIDEMARK_KAFKA_SASL_USERNAME": "tide"},
    )
    assert settings.client()["security.protocol"] == "SASL_SSL"
    assert settings.client()["sasl.username"] == "tide"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TIDEMARK_PARTITIONS", "four", "a whole number from 1 to 10000, found 'four'"),
        ("TIDEMARK_PARTITIONS", "0", "a whole number from 1 to 10000, found '0'"),
        ("TIDEMARK_HTTP_PORT", "70000", "a whole number from 0 to 65535, found '70000'"),
        ("TIDEMARK_DUPLICATE_WINDOW", "P1M", "an ISO 8601 duration such as P1D, PT5M or PT30S, found 'P1M'"),
        ("TIDEMARK_CLOCK", "event", "one of wall, stream, found 'event'"),
        ("TIDEMARK_BOOTSTRAP", "localhost", "host:port, several with commas between"),
        ("TIDEMARK_BOOTSTRAP", "kafka:99999", "host:port, several with commas between"),
        ("TIDEMARK_TOPIC_PREFIX", "shop/", "at most 100 letters, digits, dots, dashes and underscores"),
        ("TIDEMARK_SCHEMA_DIRECTORIES", "/no/such/place", "and /no/such/place does not"),
        ("TIDEMARK_GROUP_INSTANCE_ID", "a b", "a name without blanks, found 'a b'"),
        ("TIDEMARK_OUTPUT_ENCODING", "protobuf", "one of json, avro, confluent, found 'protobuf'"),
        ("TIDEMARK_TOPIC_ENCODINGS", "point-events", "topic=encoding with commas between"),
        ("TIDEMARK_TOPIC_ENCODINGS", "custom-events=avro", "topic=encoding with commas between"),
        ("TIDEMARK_TOPIC_ENCODINGS", "point-events=avro,point-events=json", "each topic once"),
        ("TIDEMARK_REGISTRY_URL", "registry:8081", "http or https URLs without user and password"),
        (
            "TIDEMARK_REGISTRY_URL",
            "http://me:secret@registry",
            "http or https URLs without user and password",
        ),
        ("TIDEMARK_REGISTRY_CREDENTIALS", "secret", "user:password, found something else"),
        ("TIDEMARK_REGISTRY_CA", "/no/such/file", "a file or directory that exists"),
    ],
)
def test_a_bad_value_is_refused_with_variable_expected_and_found(
    variable: str,
    value: str,
    expected: str,
) -> None:
    """The refusal names the variable, what was expected and what it holds."""
    with pytest.raises(ConfigurationError) as refusal:
        Settings.from_environment({variable: value})
    assert str(refusal.value).startswith(f"{variable}: expected ")
    assert expected in str(refusal.value)


def test_a_misspelt_variable_is_refused_with_the_name_meant() -> None:
    """A setting that would silently not count is a mistake."""
    with pytest.raises(
        ConfigurationError, match=r"TIDEMARK_TOPIC_PREFX: .* did you mean TIDEMARK_TOPIC_PREFIX\?"
    ):
        Settings.from_environment({"TIDEMARK_TOPIC_PREFX": "shop."})


def test_a_property_that_exactly_once_rests_on_is_not_open() -> None:
    """The environment cannot switch off read_committed."""
    with pytest.raises(ConfigurationError, match=r"TIDEMARK_KAFKA_ISOLATION_LEVEL: .*isolation\.level"):
        Settings.from_environment({"TIDEMARK_KAFKA_ISOLATION_LEVEL": "read_uncommitted"})


def test_variables_of_kubernetes_services_are_left_alone() -> None:
    """A service called tidemark or tidemark-kafka puts variables of its own into every pod."""
    settings = Settings.from_environment(
        {
            "TIDEMARK_SERVICE_HOST": "10.0.0.1",
            "TIDEMARK_PORT": "tcp://10.0.0.1:9464",
            "TIDEMARK_PORT_9464_TCP_ADDR": "10.0.0.1",
            "TIDEMARK_KAFKA_SERVICE_PORT": "9092",
            "TIDEMARK_GATEWAY_PORT": "tcp://10.0.0.2:80",
            "TIDEMARK_GATEWAY_PORT_80_TCP": "tcp://10.0.0.2:80",
        },
    )
    assert settings == Settings()
    assert Settings.from_environment({"TIDEMARK_GATEWAY_PORT": "81"}).gateway_port == 81


def test_a_blank_variable_counts_as_unset() -> None:
    """Compose files and charts write empty values for what is not given."""
    assert Settings.from_environment({"TIDEMARK_GROUP_INSTANCE_ID": " "}).group_instance_id is None


def test_every_setting_explains_itself() -> None:
    """Each field but the open client properties can be set, and says what it is for."""
    explained = readings_of_settings()
    assert set(explained) == set(Settings.__dataclass_fields__) - {"kafka"}
    assert all(reading.doc for reading in explained.values())
    assert variable_of("http_port") == "TIDEMARK_HTTP_PORT"


def test_settings_cannot_be_changed() -> None:
    """Whoever is handed settings can rely on them."""
    with pytest.raises(FrozenInstanceError):
        Settings().partitions = 8  # type: ignore[misc]


def test_topics_may_have_encodings_of_their_own() -> None:
    """What is named has its own, every other topic the common one."""
    settings = Settings.from_environment(
        {
            "TIDEMARK_OUTPUT_ENCODING": "avro",
            "TIDEMARK_TOPIC_ENCODINGS": "point-events=confluent, rejected-events=json",
        }
    )
    topics = ("point-events", "rejected-events", "segment-changes")
    assert [settings.encoding_of(topic) for topic in topics] == ["confluent", "json", "avro"]


def test_who_asks_the_registry_is_not_shown() -> None:
    """Neither the text of the settings nor their description shows the password."""
    settings = Settings.from_environment({"TIDEMARK_REGISTRY_CREDENTIALS": "tide:secret"})
    assert settings.registry_credentials is not None
    assert settings.registry_credentials.text == "tide:secret"
    assert "secret" not in repr(settings) + describe_settings(settings)
