"""The local broker as its users meet it: real processes, real ports, a real Kafka."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.kafka.guardian import guarded_broker, temporary_directory
from deploy.kafka.local_broker import BrokerAddress, BrokerStatus, LocalBroker
from deploy.kafka.ports import LOOPBACK, free_port
from deploy.kafka.processes import BackgroundProcess, wait_until_ended
from streams.engine.errors import ConfigurationError
from tests.conftest import JARS, Kafka

pytestmark = pytest.mark.broker


@pytest.fixture
def steps() -> list[str]:
    """What the broker reports while it works."""
    return []


@pytest.fixture
def broker(steps: list[str]) -> Iterator[LocalBroker]:
    """A broker that has not been started."""
    with temporary_directory() as directory:
        yield guarded_broker(directory, JARS, steps.append)


def make_topic(address: BrokerAddress, name: str) -> None:
    """Create a topic and write one record to it."""
    admin = AdminClient({"bootstrap.servers": address.bootstrap})
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(10)
    producer = Producer({"bootstrap.servers": address.bootstrap})
    producer.produce(name, b"kept")
    assert producer.flush(10) == 0


def records(address: BrokerAddress, topic: str) -> int:
    """How many records a topic of one partition has had."""
    consumer = Consumer({"bootstrap.servers": address.bootstrap, "group.id": "count"})
    try:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)
        return int(end)
    finally:
        consumer.close()


def bootstrap_file(broker: LocalBroker) -> Path:
    """Where other commands look for the address."""
    return broker._directory / "bootstrap"


def test_a_crash_costs_neither_the_data_nor_the_address(broker: LocalBroker) -> None:
    """After ``kill -9`` the status says so, and the next start has the same port and every record."""
    address = broker.start()
    make_topic(address, "kept")
    broker.kill()
    assert broker.status().state == "crashed"
    assert broker.start() == address
    assert records(address, "kept") == 1


def test_a_clean_stop_keeps_the_data_also_for_another_port(broker: LocalBroker) -> None:
    """Whoever names a port finds the broker there, with all that was written before."""
    make_topic(broker.start(), "kept")
    broker.stop()
    port = free_port()
    address = broker.start(port)
    assert address.bootstrap == f"{LOOPBACK}:{port}"
    assert records(address, "kept") == 1


def test_a_broker_starts_tells_its_address_and_stops(broker: LocalBroker, steps: list[str]) -> None:
    """Two starts at once make one broker, whose address stands in a file for as long as it serves."""
    assert broker.status() == BrokerStatus("stopped", None)
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: broker.start(), range(2))
    assert first == second
    assert len([step for step in steps if step.startswith("starting")]) == 1
    assert broker.status() == BrokerStatus("serving", first)
    assert bootstrap_file(broker).read_text().strip() == first.bootstrap
    with pytest.raises(ConfigurationError, match=f"runs already, at {first.bootstrap}"):
        broker.start(free_port())
    assert broker.stop()
    assert broker.status() == BrokerStatus("stopped", None)
    assert not bootstrap_file(broker).exists()
    assert not broker.stop()


def test_a_busy_port_is_refused_with_what_to_do(broker: LocalBroker) -> None:
    """The message names the port, and both ways out; nothing is started."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"Port {port} is in use by .*--port"):
            broker.start(port)
    assert broker.status() == BrokerStatus("stopped", None)


@pytest.mark.parametrize(
    "record",
    ["", "not a record", json.dumps({"pid": 1, "began": "1", "bootstrap": "127.0.0.1:1"})],
)
def test_a_stale_record_of_a_process_is_no_running_broker(broker: LocalBroker, record: str) -> None:
    """A record may be cut short, or its number may belong to another process by now, which is left alone."""
    broker._directory.mkdir()
    (broker._directory / "broker.pid").write_text(record)
    assert broker.status().address is None
    assert not broker.stop()


def test_a_stale_record_does_not_keep_a_broker_from_starting(broker: LocalBroker) -> None:
    """After a crash and a restart of the machine, the number in the record may be anybody's."""
    broker._directory.mkdir()
    (broker._directory / "broker.pid").write_text(
        json.dumps({"pid": 1, "began": "1", "bootstrap": "127.0.0.1:1"})
    )
    assert broker.status().state == "crashed"
    address = broker.start()
    assert broker.status() == BrokerStatus("serving", address)


def test_a_broker_that_cannot_run_shows_the_end_of_its_log(broker: LocalBroker) -> None:
    """Here its data belongs to another node: the message has Kafka's own words, and no process is left."""
    data = broker._directory / "data"
    data.mkdir(parents=True)
    (data / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=elsewhere\n")
    with pytest.raises(ConfigurationError, match=r"(?s)ended at once.*broker\.log.*Stored node id 7"):
        broker.start()
    assert broker.status() == BrokerStatus("stopped", None)


def test_a_cluster_that_is_already_there_is_used_and_never_stopped(kafka: Kafka, tmp_path: Path) -> None:
    """With an external address nothing is started, and a stop leaves the cluster alone."""
    local = LocalBroker(tmp_path / "broker", external=kafka.bootstrap)
    assert local.start() == BrokerAddress(kafka.bootstrap, "external")
    assert not local.stop()
    assert local.status() == BrokerStatus("serving", BrokerAddress(kafka.bootstrap, "external"))
    assert not (tmp_path / "broker").exists()


OWNER = """
import signal, sys
from pathlib import Path
from deploy.kafka.guardian import temporary_broker

with temporary_broker(Path(sys.argv[1])) as broker:
    print((broker._directory / "broker.pid").read_text(), flush=True)
    signal.pause()
"""


def test_a_temporary_broker_goes_with_an_owner_that_is_killed() -> None:
    """However the process ends that asked for the broker, the broker and its directory go too."""
    command = [sys.executable, "-c", OWNER, str(JARS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        record = json.loads(owner.stdout.readline())
        owner.kill()
    assert wait_until_ended(BackgroundProcess(record["pid"], record["began"]), 30)
