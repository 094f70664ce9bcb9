"""The demo's installation keeps clear of others."""

from pathlib import Path

from deploy.demo.stage import stage_on


def test_it_has_a_prefix_a_clock_and_a_state_of_its_own(tmp_path: Path) -> None:
    """Whatever the environment says of another installation."""
    variables = {
        "TIDEMARK_TOPIC_PREFIX": "shop.",
        "TIDEMARK_CLOCK": "wall",
        "TIDEMARK_GROUP_INSTANCE_ID": "pod-1",
        "TIDEMARK_OUTPUT_ENCODING": "avro",
        "TIDEMARK_PARTITIONS": "6",
    }
    stage = stage_on("broker:1", tmp_path, variables)
    settings = stage.settings
    assert settings.topic_prefix.startswith("demo-")
    assert (settings.bootstrap, settings.clock, settings.output_encoding) == ("broker:1", "stream", "json")
    assert settings.state_directory.is_relative_to(tmp_path)
    assert settings.group_instance_id is None
    assert settings.partitions == 6


def test_commands_are_given_the_same_settings(tmp_path: Path) -> None:
    """Their environment has what the demo itself reads."""
    stage = stage_on("broker:1", tmp_path, {"PATH": "/bin"})
    assert stage.environment["TIDEMARK_TOPIC_PREFIX"] == stage.settings.topic_prefix
    assert stage.environment["TIDEMARK_HTTP_PORT"] == str(stage.settings.http_port)
    assert stage.environment["PATH"] == "/bin"
