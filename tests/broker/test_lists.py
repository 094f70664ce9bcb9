"""A segment of thousands of customers who are told one by one: by a file, and over HTTP, through a real worker."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.broker.installation import Installation, WorkerProcess, wait_until
from tests.broker.over_http import answered, serving
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

SEGMENTS = """\
kind: segment
id: vip
type: static
members_file: vip.txt
---
kind: segment
id: insiders
filter: segment in ("vip")
---
kind: segment
id: guests
type: static
members: topic
---
kind: segment
id: by-filter
filter: count(new_review) > 1
"""
MANY = 3_000


@pytest.fixture(scope="module")
def installation(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Definitions in a directory, and topics; the list is yet to be applied."""
    made = Installation(kafka.bootstrap, "test-lists.", tmp_path_factory.mktemp("lists"), clock="wall")
    directory = made.directory / "definitions"
    directory.mkdir()
    (directory / "all.yaml").write_text("kind: campaign\nid: club\n", encoding="utf-8")
    made.run("apply", "definitions", "--yes")
    (directory / "all.yaml").write_text(SEGMENTS, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[WorkerProcess]:
    """A worker for all tests."""
    with installation.worker("one") as running:
        yield running
        running.stop()


@pytest.fixture(scope="module")
def gateway(installation: Installation, worker: WorkerProcess) -> Iterator[WorkerProcess]:
    """A gateway that is ready."""
    assert worker.ready()
    with serving(installation) as running:
        yield running
        running.stop()


def write_list(installation: Installation, numbers: range) -> set[str]:
    """Write the file of members; returns who they are."""
    customers = {f"c/{number}" for number in numbers}
    text = "".join(f"{one}\n" for one in sorted(customers))
    (installation.directory / "definitions" / "vip.txt").write_text(text, encoding="utf-8")
    return customers


def members(installation: Installation, segment: str = "vip") -> set[str]:
    """Who is in a segment by the topic of memberships."""
    records = [json.loads(value) for value in installation.latest("segment-memberships").values() if value]
    return {
        record["customer_id"]
        for record in records
        if segment in {one["segment_id"] for one in record["segments"]}
    }


def test_the_memberships_are_the_file(installation: Installation, worker: WorkerProcess) -> None:
    """Applied, edited, applied again: only the difference is told, and the definition keeps its version."""
    assert worker.ready()
    customers = write_list(installation, range(MANY))
    assert f"vip: {MANY:,} added, 0 removed" in installation.run("apply", "definitions", "--yes")
    wait_until(lambda: members(installation) == customers, "the file to be taken in")
    assert "Nothing to do" in installation.run("apply", "definitions", "--yes")
    customers = write_list(installation, range(100, MANY + 50))
    planned = installation.run("plan", "definitions")
    assert "50 to add, 100 to remove" in planned
    assert "0 to change, 0 to delete" in planned
    assert "vip: 50 added, 100 removed" in installation.run("apply", "definitions", "--yes")
    wait_until(lambda: members(installation) == customers, "the edited file to be taken in")
    assert f"{MANY - 50:,}" in installation.run("find", 'segment in ("vip")')
    changes = installation.records("segment-changes")
    assert Counter((one["change"], one["cause"]) for one in changes) == {
        ("entered", "definition"): MANY + 50,
        ("left", "definition"): 100,
    }


def ask(gateway: WorkerProcess, method: str, segment: str, customer: str) -> tuple[int, Any]:
    """Status and answer."""
    return answered(f"{gateway.pages()}/v1/segments/{segment}/customers/{customer}", method)


def test_a_customer_is_listed_over_http(
    installation: Installation, worker: WorkerProcess, gateway: WorkerProcess
) -> None:
    """Put on the list, taken off, put on again and forgotten; applying a directory leaves such a list alone."""
    wait_until(lambda: ask(gateway, "PUT", "guests", "ann")[0] == 202, "the gateway to know the segment")
    assert ask(gateway, "PUT", "guests", "bob")[0] == 202
    wait_until(lambda: members(installation, "guests") == {"ann", "bob"}, "both to be in")
    assert "Nothing to do" in installation.run("apply", "definitions", "--yes")
    assert ask(gateway, "DELETE", "guests", "ann")[0] == 202
    wait_until(lambda: members(installation, "guests") == {"bob"}, "one to be out")
    assert answered(f"{gateway.pages()}/v1/customers/bob", "DELETE")[0] == 202
    wait_until(lambda: installation.latest("segment-lists").get(b"guests/bob", b"") is None, "him to be gone")
    assert members(installation, "guests") == set()
    assert worker.ready()


@pytest.mark.parametrize("segment", ["guest", "by-filter"])
def test_a_segment_without_such_a_list_is_not_found(gateway: WorkerProcess, segment: str) -> None:
    """With what to do about it; and an id that is none is told as everywhere."""
    status, answer = ask(gateway, "PUT", segment, "ann")
    assert (status, answer["key"]) == (404, "no_such_list")
    assert ("guests" if segment == "guest" else "members: topic") in answer["message"]


def test_what_is_left_of_a_deleted_segment_is_taken_off(
    installation: Installation, worker: WorkerProcess
) -> None:
    """The records of its list go with the definition."""
    assert worker.ready()
    file = installation.directory / "definitions" / "all.yaml"
    file.write_text(
        SEGMENTS.replace(
            "id: vip\ntype: static\nmembers_file: vip.txt", "id: vip\nfilter: count(new_review) > 2"
        ),
        encoding="utf-8",
    )
    assert f"vip: 0 added, {MANY - 50:,} removed" in installation.run("apply", "definitions", "--yes")
    wait_until(lambda: members(installation) == set(), "everybody to have left")
    assert {
        value
        for key, value in installation.latest("segment-lists").items()
        if key and key.startswith(b"vip/")
    } == {None}
