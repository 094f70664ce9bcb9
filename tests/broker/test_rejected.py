"""What was rejected is found, corrected and replayed: each event counts at its own time, and once."""

import json
from collections import Counter
from pathlib import Path

import pytest

from streams.agents.record_places import ORIGIN_HEADER
from tests.broker.breaking_worker import BREAKING_WORKER, BREAKS
from tests.broker.dying_replay import DYING_REPLAY
from tests.broker.events import DEFINITIONS, balances, home, of_customer, purchase, written
from tests.broker.installation import Installation, wait_until
from tests.broker.visits import SECONDS, correct, define, listed, send, visit, visits
from tests.conftest import Kafka

pytestmark = pytest.mark.broker


@pytest.fixture
def installation(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Installation:
    """Topics of this test's own, and visits that must not tell a room."""
    made = Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall")
    # Ids are forgotten at once: it is not the window for duplicates that keeps a replay from counting twice.
    made.environment["TIDEMARK_DUPLICATE_WINDOW"] = "PT0S"
    define(made, SECONDS)
    return made


def origins(installation: Installation) -> Counter[str]:
    """How often each rejected event was sent again, by the place of its first record."""
    headers = (dict(record.headers) for record in installation.read("custom-events"))
    return Counter((each[ORIGIN_HEADER] or b"").decode() for each in headers if ORIGIN_HEADER in each)


def test_after_the_correction_a_replay_makes_the_counts_right(installation: Installation) -> None:
    """With and without id and time; a second run sends nothing, and the list says which were replayed."""
    with installation.worker() as worker:
        send(installation, visit("ada", id="v-1", occurred_at="2025-03-01T10:00:00Z"))
        send(installation, visit("ada"), timestamp=1_700_000_000_000)
        send(installation, visit("bob", metadata={"seconds": 5}))
        installation.wait_until_consumed()
        ids = {event["id"] for event in listed(installation, "--reason", "unknown_attribute")}
        assert len(ids) == 2
        refused = installation.ask("rejected", "replay", "--event", "visit", "--yes")
        assert refused.returncode == 1
        assert refused.stdout.startswith("Would be rejected again, and are left (--anyway sends them): 2.")
        assert not origins(installation)
        correct(installation, worker)
        assert "Replayed: 2." in installation.run("rejected", "replay", "--event", "visit", "--yes")
        again = installation.run("rejected", "replay", *ids, "--yes", "--anyway")
        assert again.startswith("Replayed before, and not sent again: 2.")
        installation.wait_until_consumed()
        worker.stop()
    assert origins(installation) == dict.fromkeys(ids, 1)
    assert visits(installation, "ada", "bob") == [[1, 2], [1]]
    points = of_customer(installation, "point-events", "ada")
    assert {record["occurred_at"] for record in points} == {"2025-03-01T10:00:00Z", "2023-11-14T22:13:20Z"}
    assert {record["event"]["id"] for record in points} >= {"v-1"}
    assert all(event["replayed"] for event in listed(installation))
    assert "2 rejected, 2 of them replayed." in installation.run("rejected", "list")


def test_what_is_rejected_again_is_known_by_its_first_place(installation: Installation) -> None:
    """Sent anyway it stands on the list anew; replayed from there it counts once, at the time of its first record."""
    with installation.worker() as worker:
        send(installation, visit("ada"), timestamp=1_700_000_000_000)
        installation.wait_until_consumed()
        (first,) = listed(installation)
        installation.run("rejected", "replay", first["id"], "--yes", "--anyway")
        installation.wait_until_consumed()
        (second,) = [event for event in listed(installation) if not event["replayed"]]
        assert second["id"] != first["id"]
        correct(installation, worker)
        installation.run("rejected", "replay", "--customer", "ada", "--yes")
        installation.wait_until_consumed()
        worker.stop()
    (points,) = of_customer(installation, "point-events", "ada")
    assert points["occurred_at"] == "2023-11-14T22:13:20Z"
    assert points["event"]["id"] == first["id"]


def test_an_edited_event_is_sent_in_place_of_the_original(installation: Installation) -> None:
    """It goes to the customer that it names now; what it replaces cannot be replayed any more."""
    with installation.worker() as worker:
        send(installation, visit("adda", metadata={"second": 5}), timestamp=1_700_000_000_000)
        installation.wait_until_consumed()
        (event,) = listed(installation)
        raw = installation.ask("rejected", "show", event["id"], "--raw").stdout
        assert json.loads(raw) == visit("adda", metadata={"second": 5})
        assert "did you mean seconds?" in installation.run("rejected", "show", event["id"])
        file = installation.directory / "mended.json"
        file.write_text(raw.replace("second", "seconds").replace("adda", "ada"), encoding="utf-8")
        assert "Replayed: 1." in installation.run(
            "rejected", "replay", event["id"], "--value", str(file), "--yes"
        )
        installation.wait_until_consumed()
        worker.stop()
    assert visits(installation, "ada", "adda") == [[1], []]
    (points,) = of_customer(installation, "point-events", "ada")
    assert points["occurred_at"] == "2023-11-14T22:13:20Z"
    assert [event["replayed"]["edited"] for event in listed(installation)] == [True]
    assert "Replayed before" in installation.run("rejected", "replay", event["id"], "--anyway", "--yes")


@pytest.mark.parametrize("step", ["begun", "written", "committed"])
def test_a_replay_that_is_killed_is_finished_by_the_next_one(installation: Installation, step: str) -> None:
    """Whatever it had done in its second transaction: run again, each event was sent once and counts once."""
    customers = [f"c-{number}" for number in range(7)]
    with installation.worker() as worker:
        for customer in customers:
            send(installation, visit(customer))
        installation.wait_until_consumed()
        ids = {event["id"] for event in listed(installation)}
        correct(installation, worker)
        killed = installation.ask(step, "--event", "visit", "--yes", command=DYING_REPLAY)
        assert killed.returncode == -9, killed.stderr
        installation.run("rejected", "replay", "--event", "visit", "--yes")
        installation.run("rejected", "replay", "--event", "visit", "--yes")
        installation.wait_until_consumed()
        worker.stop()
    assert origins(installation) == dict.fromkeys(ids, 1)
    assert len(ids) == len(customers)
    assert visits(installation, *customers) == [[1]] * len(customers)


def test_what_broke_tidemark_itself_is_replayed(installation: Installation) -> None:
    """After an update, a parked record counts like any other."""
    installation.apply(DEFINITIONS)
    customer = f"{BREAKS}-1"
    installation.write(
        "custom-events", written(purchase(customer)), customer.encode(), partition=home(customer)
    )
    with installation.worker("one", BREAKING_WORKER) as worker:
        installation.wait_until_consumed()
        worker.stop()
    (parked,) = listed(installation, "--reason", "internal_error")
    assert "broken on purpose" in installation.run("rejected", "show", parked["id"])
    installation.run("rejected", "replay", parked["id"], "--yes")
    with installation.worker() as worker:
        installation.wait_until_consumed()
        worker.stop()
    assert balances(installation, customer) == [1]


def test_a_replay_asks_and_refuses_what_is_not_there(installation: Installation) -> None:
    """Nothing is sent without a yes, and an id that nobody has is a mistake of its own."""
    with installation.worker() as worker:
        send(installation, visit("ada"))
        installation.wait_until_consumed()
        correct(installation, worker)
        worker.stop()
    (event,) = listed(installation)
    declined = installation.ask("rejected", "replay", event["id"], text="n\n")
    assert declined.returncode == 1
    assert "Send 1? [y/N]" in declined.stdout
    unknown = installation.ask("rejected", "replay", event["id"], "custom-events-9-9", "--yes")
    assert unknown.returncode == 2
    assert "no rejected event matches custom-events-9-9" in unknown.stderr
    assert installation.ask("rejected", "show", "custom-events-9-9").returncode == 2
    assert not origins(installation)
    assert listed(installation, "--until", "2026-01-01") == []
    assert installation.ask("rejected", "replay", event["id"], text="y\n").returncode == 0
    assert origins(installation) == {event["id"]: 1}


def test_a_storm_stops_the_worker_if_it_is_so_set(installation: Installation) -> None:
    """It ends with an error that says what to do; what it had not decided is left, and the next start goes on there."""
    for number in range(30):
        send(installation, visit("ada", id=f"v-{number}"))
    with installation.started(TIDEMARK_STORM_ACTION="stop", TIDEMARK_STORM_RECORDS="20") as worker:
        wait_until(lambda: worker.process.poll() is not None, "the worker to end")
        assert worker.process.returncode == 1
        assert f"records of partition {home('ada')} were rejected, so this worker stops" in worker.said()
        assert "start with TIDEMARK_STORM_ACTION=report" in worker.said()
    assert installation.consumed() == len(installation.records("rejected-events")) < 20
    with installation.worker() as worker:
        installation.wait_until_consumed()
        worker.stop()
    assert len({record["offset"] for record in installation.records("rejected-events")}) == 30
    assert len(installation.records("rejected-events")) == 30


def test_a_storm_shows_in_the_metrics(installation: Installation) -> None:
    """A worker that goes on says where it is, in the metrics and once in its log; the source has its count."""
    for number in range(30):
        send(installation, visit("ada", id=f"v-{number}", source="shop"))
    with installation.worker(TIDEMARK_STORM_RECORDS="20") as worker:
        name = f'tidemark_rejection_storm{{partition="{home("ada")}"}}'
        wait_until(lambda: worker.metrics().get(name) == 1, "the storm to show")
        assert worker.said().count("were rejected; see `tidemark rejected list`") == 1
        installation.wait_until_consumed()
        counted = 'tidemark_events_rejected_total{event="visit",reason="unknown_attribute",source="shop"}'
        wait_until(lambda: worker.metrics().get(counted) == 30, "all to be counted")
        worker.stop()
