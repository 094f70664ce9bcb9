"""Topics that follow the one that the group divides: who has a number has it of all, and each record counts once."""

import asyncio
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from streams.engine.intake import Intake
from streams.engine.unit_of_work import Output, UnitOfWork
from tests.broker.installation import wait_until
from tests.engine.cluster import Cluster
from tests.engine.reader import Reader
from tests.engine.shell import Counting, Installed, Shell

pytestmark = pytest.mark.broker

KEYS = [f"customer-{number}".encode() for number in range(20)]


@pytest.fixture
def installed(cluster: Cluster, tmp_path: Path) -> Installed:
    """Three topics that the same customers are on: three records of each on one, two on another, one on the last."""
    made = Installed(cluster, tmp_path)
    profiles, requests = cluster.create("profiles"), cluster.create("requests")
    made.inputs = made.inputs._replace(topics=(made.events, profiles, requests))
    for topic, times in ((made.events, 3), (profiles, 2), (requests, 1)):
        for partition in (0, 1):
            cluster.write(topic, partition, [(key, b"one") for key in KEYS[partition::2] * times])
    return made


def counts(installed: Installed) -> dict[bytes | None, list[int]]:
    """The committed counts of each customer, in order."""
    found: dict[bytes | None, list[int]] = {}
    for written in installed.cluster.read(installed.outputs):
        found.setdefault(written.key, []).append(int(written.value or b""))
    return found


def committed(installed: Installed) -> list[int]:
    """The committed offsets of all topics and partitions."""
    return [
        installed.cluster.committed(topic, number) for topic in installed.inputs.topics for number in (0, 1)
    ]


ALL_READ = [30, 30, 20, 20, 10, 10]


def test_records_of_all_topics_count_once(installed: Installed) -> None:
    """They reach the same customer, and each topic's offsets commit with what they did; so after a restart."""
    for again in range(2):
        shell = Shell(installed, Counting(installed.outputs))

        async def work(shell: Shell = shell, again: int = again) -> None:
            async with shell.running():
                expected = [end + again for end in ALL_READ[:2]] + ALL_READ[2:]
                await shell.until(lambda: committed(installed) == expected, "all of it")

        asyncio.run(work())
        assert counts(installed) == {key: list(range(1, 7)) for key in KEYS} | (
            {KEYS[0]: list(range(1, 8)), KEYS[1]: list(range(1, 8))} if again else {}
        )
        for partition in (0, 1):
            installed.cluster.write(installed.events, partition, [(KEYS[partition], b"one")])


def test_a_failed_commit_reads_all_topics_again(installed: Installed) -> None:
    """What was applied of each and not committed comes again, and nothing of it counts twice."""
    counting, refused = Counting(installed.outputs), list[UnitOfWork]()
    shell = Shell(installed, counting)

    def too_much(_: bytes | str, unit: UnitOfWork) -> None:
        if unit.records >= 10 and not refused:
            refused.append(unit)
            unit.outputs.append(Output(installed.outputs, b"x", bytes(1_500_000)))

    async def work() -> None:
        counting.before = too_much
        async with shell.running():
            await shell.until(lambda: committed(installed) == ALL_READ, "all of it")

    asyncio.run(work())
    assert refused
    assert counts(installed) == {key: list(range(1, 7)) for key in KEYS}


class Member:
    """One member of the group, with all that it owns read from the beginning."""

    def __init__(self, installed: Installed) -> None:
        cluster, (self.topic, *self.following) = installed.cluster, installed.inputs.topics
        config = {**cluster.client, "group.id": cluster.group, "isolation.level": "read_committed"}
        sticky = {"partition.assignment.strategy": "cooperative-sticky", "session.timeout.ms": 6_000}
        self.intake = Intake({**config, **sticky}, batch=10, backlog=1_000)
        self.reader = Reader(self.intake)
        self.intake.start(self.reader)
        self.intake.subscribe(self.topic, self.following)

    @property
    def numbers(self) -> set[int]:
        """The partitions that are its own by the last word of the group."""
        return {number for number, gone in self.reader.tenures.items() if not gone.is_set()}

    def read(self) -> set[tuple[str, int]]:
        """Read all that it owns; where records came from."""
        for number in self.numbers:
            for topic in (self.topic, *self.following):
                self.intake.read_from(topic, number, 0, 1)
        wait_until(lambda: self.places() >= set(self.owned()), "records of all that is owned")
        return self.places()

    def owned(self) -> Iterator[tuple[str, int]]:
        """The places that records ought to come from."""
        return chain.from_iterable(
            ((topic, number) for topic in (self.topic, *self.following)) for number in self.numbers
        )

    def places(self) -> set[tuple[str, int]]:
        """The places that records came from."""
        return {(batch.topic, batch.partition) for batch in self.reader.batches if batch.records}


def test_the_topics_of_a_number_go_together(installed: Installed) -> None:
    """Of two members each reads its number of every topic, and nothing of the other's; who stays has all of both."""
    first, second = Member(installed), Member(installed)
    wait_until(lambda: len(first.numbers) == len(second.numbers) == 1, "a partition for each")
    assert first.numbers | second.numbers == {0, 1}
    assert first.read() == set(first.owned())
    assert second.read() == set(second.owned())
    second.intake.stop()
    wait_until(lambda: first.numbers == {0, 1}, "both partitions")
    assert first.read() == {(topic, number) for topic in installed.inputs.topics for number in (0, 1)}
    first.intake.stop()
    assert first.reader.failure is second.reader.failure is None
    assert first.reader.told[-1] == ("revoked", {0, 1})


def test_positions_that_stay_are_committed_now_and_then(installed: Installed) -> None:
    """Kafka forgets offsets of topics that the group does not subscribe to, unless they are committed again."""
    quiet = installed.cluster.create("quiet")
    installed.inputs = installed.inputs._replace(topics=(*installed.inputs.topics, quiet))
    shell = Shell(installed, Counting(installed.outputs))

    async def work() -> None:
        async with shell.running():
            await shell.until(lambda: len(shell.processor.ownership.serving) == 2, "the partitions")
            shell.processor._renewed_at -= 3600
            await shell.until(lambda: committed(installed) == [*ALL_READ, 0, 0], "all positions")

    asyncio.run(work())
