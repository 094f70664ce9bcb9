"""A static segment whose list stands in a file, and ``tidemark describe`` beside a worker."""

import uuid
from pathlib import Path

import pytest

from tests.broker.events import review, send, written
from tests.broker.installation import Installation, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

SEGMENT = "kind: segment\nid: vip\ntype: static\ncustomers_file: vip.txt\n"


@pytest.fixture
def installation(kafka: Kafka, tmp_path: Path) -> Installation:
    """Topics, and two customers on a list in a file."""
    made = Installation(kafka.bootstrap, f"listed-{uuid.uuid4().hex[:8]}.", tmp_path, clock="wall")
    directory = tmp_path / "definitions"
    directory.mkdir()
    (directory / "vip.yaml").write_text(SEGMENT, encoding="utf-8")
    (directory / "vip.txt").write_text("ann\nbob\n", encoding="utf-8")
    made.run("apply", "definitions", "--yes")
    return made


def found(installation: Installation) -> set[str]:
    """Who is in the segment, as the worker is asked."""
    answer = installation.run("find", "--all", "--format", "csv", 'segment in ("vip")')
    return {line.partition(",")[0] for line in answer.splitlines()[1:]}


def test_an_edited_file_moves_customers(installation: Installation) -> None:
    """Plan names who came and who went, a worker takes the list over, and describe says when it is through."""
    assert "Nobody can be asked" not in installation.run("describe")
    assert "Partition 0: no worker has it." in installation.run("describe")
    with installation.worker() as worker:
        wait_until(worker.ready, "the worker to be ready")
        for each in ("ann", "bob", "eve"):
            send(installation, each, written(review(each)))
        installation.wait_until_consumed()
        assert found(installation) == {"ann", "bob"}
        (installation.directory / "definitions" / "vip.txt").write_text("bob\neve\n", encoding="utf-8")
        planned = installation.ask("plan", "definitions").stdout
        assert 'customers.added: (none) -> ["eve"]' in planned
        assert 'customers.removed: ["ann"] -> (none)' in planned
        installation.run("apply", "definitions", "--yes")
        wait_until(lambda: found(installation) == {"bob", "eve"}, "the list to be taken over")
        wait_until(
            lambda: "None: every customer is decided" in installation.run("describe"), "the sweep to end"
        )
