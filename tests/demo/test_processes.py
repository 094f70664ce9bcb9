"""Commands beside the demo: run, waited for, and told of when they fail."""

import os
from pathlib import Path

import pytest

from deploy.demo.processes import DemoError, await_ready, command


def test_a_command_that_ends_well_is_waited_for(tmp_path: Path) -> None:
    """Its output stands in the log."""
    with command(["--version"], os.environ, tmp_path / "log") as version:
        version.finish(30)
    assert "tidemark" in (tmp_path / "log").read_text()


def test_a_command_that_fails_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    """The person at the screen sees what the command said."""
    with (
        command(["backtest", "--nonsense"], os.environ, tmp_path / "log") as backtest,
        pytest.raises(DemoError, match=r"(?s)tidemark backtest.*exit code 2.*No such option.*--nonsense"),
    ):
        backtest.finish(30)


def test_a_worker_that_ends_before_it_is_ready_is_no_reason_to_wait(tmp_path: Path) -> None:
    """It fails at once, not after the patience has run out."""
    with (
        command(["worker", "--nonsense"], os.environ, tmp_path / "log") as worker,
        pytest.raises(DemoError, match="ended with exit code 2"),
    ):
        await_ready(worker, "http://127.0.0.1:9", 60)
