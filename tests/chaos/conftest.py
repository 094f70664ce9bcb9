"""What every chaos test compares with."""

import uuid

import pytest

from tests.chaos.outcome import Outcome, finish, prepared
from tests.conftest import Kafka


@pytest.fixture(scope="session")
def undisturbed(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What comes out when nothing goes wrong."""
    directory = tmp_path_factory.mktemp("undisturbed")
    installation = prepared(kafka.bootstrap, f"undisturbed-{uuid.uuid4().hex[:8]}.", directory)
    with installation.worker() as worker:
        return finish(installation, worker)
