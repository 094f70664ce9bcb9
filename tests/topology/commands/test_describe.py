"""``tidemark describe`` without a broker."""

from click.testing import CliRunner

from topology.command_line import main


def test_offline_it_tells_what_needs_no_broker() -> None:
    """Topics, settings and events, always the same; nothing about what is live."""
    first, second = (CliRunner().invoke(main, ["describe", "--offline"]) for _ in range(2))
    assert first.exit_code == 0
    assert first.output == second.output
    titles = [
        line
        for line in first.output.splitlines()
        if line in {"Topics", "Settings", "Events", "Live definitions"}
    ]
    assert titles == ["Topics", "Settings", "Events"]
