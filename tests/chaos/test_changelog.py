"""A changelog that is compacted while it is written and read."""

import shutil
from functools import partial

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from tests.broker.installation import Installation, wait_until
from tests.chaos.outcome import CHANGELOG
from tests.chaos.trial import Trial

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

EAGER_CLEANER = {"log.cleaner.backoff.ms": "100"}
EAGERLY_COMPACTED = {
    "segment.ms": "500",
    "min.cleanable.dirty.ratio": "0.001",
    "min.compaction.lag.ms": "0",
    "delete.retention.ms": "0",
}
THIS_BROKER = "1"


def configure(installation: Installation, kind: ResourceType, name: str, changed: dict[str, str]) -> None:
    """Change the configuration of a topic or a broker."""
    entries = [
        ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in changed.items()
    ]
    admin = AdminClient({"bootstrap.servers": installation.bootstrap})
    resource = ConfigResource(kind, name, incremental_configs=entries)
    for done in admin.incremental_alter_configs([resource]).values():
        done.result()


def kept(installation: Installation) -> set[tuple[int, int]]:
    """Partition and offset of every committed record that the changelog still holds."""
    return {(record.partition, record.offset) for record in installation.read(CHANGELOG)}


def compacted(installation: Installation, before: set[tuple[int, int]]) -> bool:
    """Whether any of the records is gone."""
    return not before <= kept(installation)


def test_states_are_restored_from_a_changelog_that_is_being_compacted(private_trial: Trial) -> None:
    """A worker that lost its disk goes on from what compaction has left, and compaction goes on meanwhile."""
    trial, installation = private_trial, private_trial.installation
    configure(installation, ResourceType.BROKER, THIS_BROKER, EAGER_CLEANER)
    configure(installation, ResourceType.TOPIC, installation.prefix + CHANGELOG, EAGERLY_COMPACTED)
    with trial.flowing():
        for _ in range(trial.form.rounds):
            with trial.worker() as worker:
                trial.go_on()
                wait_until(
                    partial(compacted, installation, kept(installation)), "compaction to remove records"
                )
                trial.go_on()
                worker.kill()
            shutil.rmtree(worker.stores)
    with trial.worker() as worker:
        trial.finish(worker)
