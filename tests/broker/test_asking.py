"""Asking two workers what they know: found, explained and previewed as an independent computation has it.

What is right is computed by DuckDB, in SQL, from the events as they were sent.
"""

import contextlib
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.broker.events import DEFINITIONS, ago, purchase, review, written
from tests.broker.installation import Installation, WorkerProcess, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

LEVELS = ("Gold", "Silver", "Bronze", None)
ODD = "ź/ü %2F?#"
CUSTOMERS = [*(f"c-{number}" for number in range(240)), ODD]
FILTER = {
    "junction": "and",
    "events.purchase.count": {"conditions": {"$more_than": [1]}},
    "groups": [
        {
            "junction": "or",
            "events.new_review.last_occurred": {"conditions": {"$less_than": [5]}},
            "metadata.club_level": {"conditions": {"$in": ["Gold", "Silver"]}},
        }
    ],
}
MATCHES = "purchases > 1 and (reviewed > getvariable('now') - interval 5 day or level in ('Gold', 'Silver'))"
KNOWN = """
create or replace table known as
select customer.source_id as customer, count(*) filter (event = 'purchase') as purchases,
    count(*) filter (event = 'new_review') as reviews,
    max(occurred_at) filter (event = 'new_review') as reviewed,
    max(customer.metadata.club_level) as level
from read_json($file, format = 'newline_delimited', columns = {
    event: 'varchar', occurred_at: 'timestamptz',
    customer: 'struct(source_id varchar, metadata struct(club_level varchar))'})
group by all
"""


def history() -> Iterator[dict[str, Any]]:
    """Events of half a day past some number of days ago: none is about to change an answer."""
    for number, customer in enumerate(CUSTOMERS):
        level = LEVELS[number % 4]
        profile = {"source_id": customer} | ({"metadata": {"club_level": level}} if level else {})
        for each in range(1 + number % 5):
            yield purchase(customer) | {"customer": profile, "occurred_at": ago(days=10.5 - each)}
        for each in range(number % 3):
            days = 0.5 + number % 11 + each
            yield review(customer) | {"customer": profile, "occurred_at": ago(days=days)}


class Truth:
    """What the events come to, told by DuckDB."""

    def __init__(self, file: Path) -> None:
        self._database = duckdb.connect()
        self._database.execute(KNOWN, {"file": str(file)})

    def of(self, predicate: str, columns: str) -> list[tuple[Any, ...]]:
        """What is known of those of whom the predicate is true."""
        self._database.execute("set variable now = $now", {"now": datetime.now(UTC)})
        rows: list[tuple[Any, ...]] = (
            self._database.table("known").filter(predicate).project(columns).fetchall()
        )
        return rows

    def customers(self, predicate: str) -> set[str]:
        """Of whom the predicate is true."""
        return {customer for (customer,) in self.of(predicate, "customer")}


@pytest.fixture(scope="module")
def installation(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Topics, definitions and the history of all customers; no worker runs yet."""
    directory = tmp_path_factory.mktemp("asking")
    made = Installation(kafka.bootstrap, f"{directory.name}-{datetime.now(UTC):%H%M%S%f}.", directory, "wall")
    made.apply(DEFINITIONS)
    (directory / "events.ndjson").write_bytes(b"".join(written(event) + b"\n" for event in history()))
    made.produce(directory / "events.ndjson")
    return made


@pytest.fixture(scope="module")
def truth(installation: Installation) -> Truth:
    """What is right."""
    return Truth(installation.directory / "events.ndjson")


@contextlib.contextmanager
def two_workers(installation: Installation) -> Iterator[list[WorkerProcess]]:
    """Two that share the partitions, all of them in service, and all events counted."""
    with installation.worker("one") as one, installation.worker("two") as two:

        def shared() -> bool:
            serving = [worker.metrics().get("tidemark_partitions") for worker in (one, two)]
            return serving == [2, 2] and one.ready() and two.ready()

        wait_until(shared, "each to serve two partitions")
        installation.wait_until_consumed()
        yield [one, two]


@pytest.fixture(scope="module")
def workers(installation: Installation) -> Iterator[list[WorkerProcess]]:
    """Both, for as long as the tests of this module ask."""
    with two_workers(installation) as both:
        yield both


def find(installation: Installation, *arguments: str) -> str:
    """What ``tidemark find`` prints."""
    return installation.run("find", json.dumps(FILTER), *arguments)


def test_all_customers_of_all_workers_are_counted(
    installation: Installation, workers: list[WorkerProcess], truth: Truth
) -> None:
    """One number, the one that the events come to; something of it from each worker."""
    expected = len(truth.customers(MATCHES))
    assert 0 < expected < len(CUSTOMERS)
    assert find(installation, "--count") == f"{expected}\n"
    assert f"{expected} of {len(CUSTOMERS)} customers match; 10 shown" in find(installation)


def test_all_who_match_are_listed_for_programs(
    installation: Installation, workers: list[WorkerProcess], truth: Truth
) -> None:
    """As NDJSON and as CSV, with the columns asked for; what is said of the whole does not stand among them."""
    lines = [json.loads(line) for line in find(installation, "--all").splitlines()]
    assert {each["customer_id"] for each in lines} == truth.customers(MATCHES)
    assert len(lines) == len(truth.customers(MATCHES))
    columns = "events.purchase.count,metadata.club_level"
    table = csv.DictReader(io.StringIO(find(installation, "--all", "--format", "csv", "--columns", columns)))
    rows = {
        (each["customer_id"], int(each["events.purchase.count"]), each["metadata.club_level"])
        for each in table
    }
    told = truth.of(MATCHES, "customer, purchases, coalesce(level, '')")
    assert rows == set(told)


def test_a_sample_is_the_first_by_id(
    installation: Installation, workers: list[WorkerProcess], truth: Truth, tmp_path: Path
) -> None:
    """The same whoever answers first; with --out it goes into a file, and the sum to the terminal."""
    file = tmp_path / "sample.ndjson"
    said = find(installation, "--limit", "7", "--format", "ndjson", "--out", str(file))
    listed = [json.loads(line)["customer_id"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert listed == sorted(truth.customers(MATCHES))[:7]
    assert "7 shown, --all shows all." in said


def test_members_of_a_segment_are_found(
    installation: Installation, workers: list[WorkerProcess], truth: Truth
) -> None:
    """By name, and among them by a filter."""
    assert installation.run("find", "--segment", "repeat-buyers", "--count") == (
        f"{len(truth.customers('purchases > 1'))}\n"
    )
    golden = '{"metadata.club_level": {"conditions": {"$is": ["Gold"]}}}'
    counted = installation.run("find", golden, "--segment", "recent-reviewers", "--count")
    expected = truth.customers("level = 'Gold' and reviewed > getvariable('now') - interval 5 day")
    assert counted == f"{len(expected)}\n"


def test_a_customer_is_explained(
    installation: Installation, workers: list[WorkerProcess], truth: Truth
) -> None:
    """Whatever the id, and whichever worker knows: counts, and the segments with those that she is not in."""
    for customer in (ODD, "c-7", "c-8", "c-9"):
        document = json.loads(installation.run("explain", customer, "--json"))
        counts = {name: each["count"] for name, each in document["occurrences"].items()}
        ((purchases, reviews),) = truth.of(f"customer = '{customer}'", "purchases, reviews")
        assert (counts.get("purchase", 0), counts.get("new_review", 0)) == (purchases, reviews)
        inside = {name for name, its in MEMBERSHIPS.items() if customer in truth.customers(its)}
        assert set(document["segments"]) == inside
        assert set(document["outside"]) == MEMBERSHIPS.keys() - inside


MEMBERSHIPS = {
    "repeat-buyers": "purchases > 1",
    "recent-reviewers": "reviewed > getvariable('now') - interval 5 day",
}
"""The live segments in SQL."""


def test_time_alone_is_told_ahead(
    installation: Installation, workers: list[WorkerProcess], truth: Truth
) -> None:
    """Five days after the last review, to the second, a recent reviewer is none any more."""
    customer = min(truth.customers(MEMBERSHIPS["recent-reviewers"]))
    ((deadline,),) = truth.of(f"customer = '{customer}'", "(reviewed + interval 5 day) at time zone 'UTC'")

    def segments(at: str) -> Any:
        return json.loads(installation.run("explain", customer, "--at", at, "--json"))["segments"].keys()

    assert "recent-reviewers" in segments(f"{deadline:%Y-%m-%dT%H:%M:%S}Z")  # it ends a fraction later
    assert "recent-reviewers" not in segments(f"{deadline:%Y-%m-%dT%H:%M:%S}.999Z")


def test_an_unknown_customer_is_told(installation: Installation, workers: list[WorkerProcess]) -> None:
    """Exit code 1, in words."""
    done = installation.ask("explain", "no/body")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "nothing is known of a customer 'no/body'\n"


def previewed(installation: Installation, definitions: Path) -> dict[str, tuple[int, int]]:
    """Who would enter and leave, by segment."""
    document = json.loads(installation.run("plan", str(definitions), "--preview", "--json"))["preview"]
    assert document["customers"] == len(CUSTOMERS)
    return {each["segment_id"]: (each["entered"], each["left"]) for each in document["segments"]}


GOLDEN = """
---
kind: segment
id: golden
filter:
  metadata.club_level: {conditions: {$is: [Gold]}}
  segments: {conditions: {$in: [repeat-buyers]}}
"""


def test_a_preview_is_what_is_then_published(
    installation: Installation, workers: list[WorkerProcess], truth: Truth, definitions: Path
) -> None:
    """Of an edited segment and a new one that refers to it: as the events have it, and as applying brings it about."""
    file = definitions / "shop.yaml"
    text = file.read_text(encoding="utf-8").replace("{$more_than: [1]}", "{$more_than: [3]}")
    file.write_text(text + GOLDEN, encoding="utf-8")
    seen = previewed(installation, definitions)
    assert seen == {
        "golden": (len(truth.customers("level = 'Gold' and purchases > 3")), 0),
        "repeat-buyers": (0, len(truth.customers("purchases in (2, 3)"))),
    }
    installation.apply(definitions)
    wait_until(
        lambda: all("taken over" in worker.said() for worker in workers), "the definitions to be taken over"
    )
    poke(installation)

    def published() -> dict[str, tuple[int, int]]:
        changes = Counter(
            (record["segment_id"], record["change"])
            for record in installation.records("segment-changes")
            if record["cause"] in ("definition", "backfill")
        )
        return {name: (changes[name, "entered"], changes[name, "left"]) for name in seen}

    wait_until(lambda: published() == seen, "all to be decided anew")
    assert previewed(installation, definitions) == {}


def poke(installation: Installation) -> None:
    """Something that no segment looks at happens to everybody, so that everybody is decided anew."""
    file = installation.directory / "views.ndjson"
    view = {"event": "page_viewed", "metadata": {"path": "/"}}
    lines = (written(view | {"id": f"view-{who}", "customer": {"source_id": who}}) for who in CUSTOMERS)
    file.write_bytes(b"\n".join(lines))
    installation.produce(file)
    installation.wait_until_consumed()


def test_when_workers_go_others_answer_or_it_is_told(
    installation: Installation, workers: list[WorkerProcess]
) -> None:
    """While partitions move, find waits for them; with nobody left the answer is no, and says of whom."""
    everybody = ('{"source_id": {"conditions": {"$has_value": [true]}}}', "--count")
    workers[0].stop()
    assert installation.run("find", *everybody, "--wait", "60") == f"{len(CUSTOMERS)}\n"
    workers[1].stop()
    done = installation.ask("find", *everybody, "--wait", "1")
    assert (done.returncode, done.stdout) == (1, "0\n")
    assert "partitions 0, 1, 2, 3: no worker" in done.stderr or "does not answer" in done.stderr
    assert installation.ask("explain", "c-1", "--wait", "1").returncode == 1
