"""The reference mailer as a process, between a real Kafka and a real SMTP server."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

import deploy
from tests.broker.installation import wait_until
from tests.conftest import Kafka
from tests.demo.mailer.smtp_server import SmtpServer
from tests.demo.mailer.triggers import trigger

pytestmark = pytest.mark.broker

PARTITIONS = 4
PROJECT = Path(deploy.__file__).parent.parent


class Mailroom:
    """A topic of triggers, an SMTP server, and mailers between them."""

    def __init__(self, bootstrap: str, topic: str, directory: Path) -> None:
        self.bootstrap = bootstrap
        self.topic = topic
        self.directory = directory
        self.server = SmtpServer()
        self.admin = AdminClient({"bootstrap.servers": bootstrap})
        self.admin.create_topics([NewTopic(topic, PARTITIONS, 1)])[topic].result()
        (directory / "thanks.txt").write_text("Subject: $score\n\n$name\n", encoding="utf-8")

    def ask(self, records: list[tuple[str, bytes]], *, commit: bool = True) -> None:
        """Write triggers under their customers, in one transaction as Tidemark does."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "transactional.id": self.topic})
        producer.init_transactions()
        producer.begin_transaction()
        for customer, value in records:
            producer.produce(self.topic, key=customer, value=value)
        producer.flush()
        if commit:
            producer.commit_transaction()
        else:
            producer.abort_transaction()

    @contextmanager
    def mailer(self, name: str = "one") -> Iterator[subprocess.Popen[bytes]]:
        """A mailer that runs until it is killed or the block ends; all share one ledger."""
        settings = self.directory / f"{name}.toml"
        settings.write_text(
            f'[kafka]\nbootstrap = "{self.bootstrap}"\ntopic = "{self.topic}"\ngroup = "{self.topic}"\n'
            'properties = {"session.timeout.ms" = "6000", "heartbeat.interval.ms" = "1000"}\n'
            f'[smtp]\nhost = "127.0.0.1"\nport = {self.server.port}\nstarttls = false\ntimeout_seconds = 5\n'
            '[mail]\nsender = "hello@shop.example"\ntemplates = "."\nledger = "letters.sqlite"\n',
            encoding="utf-8",
        )
        with (self.directory / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "deploy.demo.mailer", str(settings)]
            running = subprocess.Popen(command, cwd=PROJECT, stderr=log, stdin=subprocess.DEVNULL)
        try:
            yield running
        finally:
            running.kill()
            running.wait()

    def sharing(self) -> int:
        """How many mailers have partitions."""
        group = self.admin.describe_consumer_groups([self.topic])[self.topic].result()
        return sum(bool(each.assignment.topic_partitions) for each in group.members if each.assignment)


@pytest.fixture
def mailroom(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Iterator[Mailroom]:
    """A mailroom whose SMTP server is there."""
    made = Mailroom(kafka.bootstrap, f"{topic_prefix}triggers", tmp_path)
    made.server.start()
    yield made
    made.server.stop()


def wanted(count: int, customers: int = 7) -> list[tuple[str, bytes]]:
    """Triggers of several customers in turn; their ids tell customer and place."""
    return [(f"c{i % customers}", trigger(f"c{i % customers}-{i:04}")) for i in range(count)]


def ids_of(records: list[tuple[str, bytes]]) -> list[str]:
    """The ids of such triggers."""
    return [f"{customer}-{place:04}" for place, (customer, _) in enumerate(records)]


def in_order(ids: list[str]) -> bool:
    """Whether each customer's letters came in order; the same letter twice in a row is in order."""
    customers = {each.partition("-")[0] for each in ids}
    return all(
        mine == sorted(mine) for c in customers for mine in [[i for i in ids if i.startswith(f"{c}-")]]
    )


def stopped(mailer: subprocess.Popen[bytes]) -> int:
    """Ask it to stop, and say with what code it did."""
    mailer.send_signal(signal.SIGTERM)
    return mailer.wait(timeout=30)


def test_committed_triggers_are_sent_once_and_in_order(mailroom: Mailroom) -> None:
    """What a transaction took back is never sent, what expired neither; a clean stop repeats nothing."""
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    records = wanted(60)
    mailroom.ask([("c0", trigger("aborted"))], commit=False)
    mailroom.ask([("c0", trigger("stale", expires_at=past)), *records[:30], *records[:30]])
    with mailroom.mailer() as mailer:
        assert mailroom.server.wait_for(30)
        assert stopped(mailer) == 0
    mailroom.ask(records[30:])
    with mailroom.mailer() as mailer:
        assert mailroom.server.wait_for(60)
        assert stopped(mailer) == 0
    assert sorted(mailroom.server.ids()) == sorted(ids_of(records))
    assert in_order(mailroom.server.ids())


def test_a_killed_mailer_doubles_only_the_letter_in_doubt(mailroom: Mailroom) -> None:
    """Killed while the server takes a letter, that one comes again; killed at other moments, hardly any does."""
    records = wanted(120)
    mailroom.ask(records)
    with mailroom.mailer() as mailer:
        killed_at: list[str] = []

        def kill(_letter: object) -> str:
            if not killed_at:
                killed_at.append(mailroom.server.ids()[-1])
                mailer.kill()
            return "250 taken"

        assert mailroom.server.wait_for(20)
        mailroom.server.on_letter = kill
        mailer.wait(timeout=30)
    for seen in (60, 90):
        with mailroom.mailer() as mailer:
            assert mailroom.server.wait_for(seen)
            mailer.kill()
    with mailroom.mailer() as mailer:
        wait_until(lambda: set(ids_of(records)) <= set(mailroom.server.ids()), "all letters")
        assert stopped(mailer) == 0
    times = Counter(mailroom.server.ids())
    assert times[killed_at[0]] == 2
    assert sorted(times) == sorted(ids_of(records))
    assert times.total() <= len(records) + 3
    assert in_order(mailroom.server.ids())


def test_mailers_that_come_and_go_send_nothing_twice(mailroom: Mailroom) -> None:
    """A second mailer takes partitions over in the middle, and gives them back."""
    records = wanted(400)
    mailroom.ask(records[:100])
    with mailroom.mailer("one") as one:
        assert mailroom.server.wait_for(50)
        with mailroom.mailer("two") as two:
            wait_until(lambda: mailroom.sharing() == 2, "both to have partitions")
            mailroom.ask(records[100:300])
            assert mailroom.server.wait_for(150)
            assert stopped(two) == 0
        mailroom.ask(records[300:])
        assert mailroom.server.wait_for(400)
        assert stopped(one) == 0
    assert sorted(mailroom.server.ids()) == sorted(ids_of(records))
    assert in_order(mailroom.server.ids())


def test_a_server_that_is_away_is_waited_for(mailroom: Mailroom) -> None:
    """Letters wait for it in their order, and a mailer that waits stops as cleanly as any."""
    records = wanted(40)
    mailroom.ask(records[:20])
    with mailroom.mailer() as mailer:
        assert mailroom.server.wait_for(20)
        mailroom.server.stop()
        mailroom.ask(records[20:])
        wait_until(
            lambda: b"has to wait" in (mailroom.directory / "one.log").read_bytes(), "the mailer to wait"
        )
        assert stopped(mailer) == 0
    with mailroom.mailer() as mailer:
        mailroom.server.start()
        assert mailroom.server.wait_for(40)
        assert stopped(mailer) == 0
    assert sorted(mailroom.server.ids()) == sorted(ids_of(records))
    assert in_order(mailroom.server.ids())


def test_a_topic_in_another_encoding_stops_the_mailer(mailroom: Mailroom) -> None:
    """It says where and what it read, and leaves the position where it is."""
    mailroom.ask([("c0", b"\xc3\x01 not JSON")])
    with mailroom.mailer() as mailer:
        assert mailer.wait(timeout=60) == 1
    assert b"expected a distribution trigger in JSON" in (mailroom.directory / "one.log").read_bytes()
