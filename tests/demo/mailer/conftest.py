"""A real SMTP server in the test's process, and templates."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.mailer.smtp_server import SmtpServer


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """A server that takes everything."""
    running = SmtpServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A directory with one template."""
    directory = tmp_path / "templates"
    directory.mkdir()
    (directory / "thanks.txt").write_text(
        "Subject: Thanks for $score stars\n\nDear $name,\nthanks.\n", encoding="utf-8"
    )
    return directory
