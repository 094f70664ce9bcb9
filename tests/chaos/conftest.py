"""What every chaos test is given: an installation to disturb, and what comes out when nothing does."""

import fcntl
import json
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.kafka.configuration import Relay
from deploy.kafka.guardian import temporary_broker
from deploy.kafka.local_broker import LocalBroker
from deploy.kafka.ports import LOOPBACK, free_port
from tests.broker.events import PARTITIONS
from tests.broker.installation import Installation, wait_until
from tests.chaos.flow import apply_definitions, tick, write
from tests.chaos.form import LONG, SHORT, Form
from tests.chaos.outcome import Outcome, assert_telling
from tests.chaos.proxy import Proxy
from tests.chaos.purchases import purchases
from tests.chaos.trial import Trial
from tests.conftest import JARS, Kafka
from topology.lines import Line


class Private(NamedTuple):
    """A broker that may be stopped, killed and cut off."""

    broker: LocalBroker
    proxy: Proxy
    """A second way to it."""


@pytest.fixture(scope="session")
def form(request: pytest.FixtureRequest) -> Form:
    """The short form, unless ``--long`` was asked for."""
    return LONG if request.config.getoption("--long") else SHORT


@pytest.fixture(scope="session")
def lines(form: Form) -> Sequence[Line]:
    """What is sent to every installation."""
    return purchases(form.one_in)


@pytest.fixture(scope="session")
def undisturbed(
    kafka: Kafka, shared: Path, lines: Sequence[Line], tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """What comes out when nothing goes wrong; made by the first process of the run that asks, read by the others."""
    directory, record = tmp_path_factory.mktemp("undisturbed"), shared / "undisturbed"
    with (shared / "undisturbed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            made = Installation(kafka.bootstrap, f"undisturbed-{uuid.uuid4().hex[:8]}.", directory)
            _run_undisturbed(made, lines)
            record.write_text(json.dumps([made.bootstrap, made.prefix]))
    bootstrap, prefix = json.loads(record.read_text())
    outcome = Outcome.of(Installation(bootstrap, prefix, directory))
    assert_telling(outcome)
    return outcome


def _run_undisturbed(installation: Installation, lines: Sequence[Line]) -> None:
    """Everything is written before the worker starts: its first look at what is left is one at the end."""
    apply_definitions(installation)
    write(installation, lines)
    tick(installation)
    with installation.worker() as worker:
        installation.wait_until_consumed()
        wait_until(lambda: worker.has_nothing_left(PARTITIONS), "all deadlines to be taken")
        worker.stop()


@pytest.fixture
def trial(
    kafka: Kafka, topic_prefix: str, tmp_path: Path, lines: Sequence[Line], undisturbed: Outcome, form: Form
) -> Trial:
    """An installation on the broker that all tests share."""
    return _trial(Installation(kafka.bootstrap, topic_prefix, tmp_path), lines, undisturbed, form)


@pytest.fixture(scope="session")
def private() -> Iterator[Private]:
    """The broker of those tests that ill-treat it; they run in one process, one after another."""
    port = free_port()
    with Proxy((LOOPBACK, port)) as proxy, temporary_broker(JARS, relay=Relay(port, proxy.address)) as broker:
        yield Private(broker, proxy)


@pytest.fixture
def private_trial(
    private: Private,
    topic_prefix: str,
    tmp_path: Path,
    lines: Sequence[Line],
    undisturbed: Outcome,
    form: Form,
) -> Trial:
    """An installation on the private broker, which serves and is not cut off when the test begins."""
    private.proxy.heal()
    address = private.broker.start().bootstrap
    return _trial(Installation(address, topic_prefix, tmp_path), lines, undisturbed, form)


def _trial(installation: Installation, lines: Sequence[Line], undisturbed: Outcome, form: Form) -> Trial:
    apply_definitions(installation)
    return Trial(installation, lines, undisturbed, form)
