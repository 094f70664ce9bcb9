"""The corpus once more, through Kafka and a worker: what was written down by hand for the heart holds for the whole."""

import uuid
from collections import Counter
from pathlib import Path

import pytest

import tests.corpus.cases
from tests.broker.corpus_on_kafka import (
    Guest,
    guests,
    own_records,
    reason_to_stay_away,
    send_steps,
    write_definitions,
)
from tests.broker.installation import Installation, Record, wait_until
from tests.conftest import Kafka
from tests.corpus.cases import TOPICS, cases_of, compared

pytestmark = pytest.mark.broker

CASES = [case for _, case in cases_of(Path(tests.corpus.cases.__file__).parent)]
GUESTS = guests([case for case in CASES if reason_to_stay_away(case) is None])
CENTURY = "P36500D"
"""How far ahead of the wall clock an event may be: cases have dates of their own."""


@pytest.fixture(scope="module")
def published(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Record]]:
    """All that one worker makes of all cases: the steps are written first, so that it begins with work to do."""
    directory = tmp_path_factory.mktemp("corpus")
    installation = Installation(kafka.bootstrap, f"corpus-{uuid.uuid4().hex[:8]}.", directory / "run")
    installation.environment |= {
        "TIDEMARK_PARTITIONS": str(len(GUESTS)),
        "TIDEMARK_MAX_EVENT_AHEAD": CENTURY,
    }
    definitions = directory / "definitions"
    definitions.mkdir()
    for guest in GUESTS:
        write_definitions(guest, definitions)
    installation.apply(definitions)
    send_steps(GUESTS, installation)
    with installation.worker() as worker:
        installation.wait_until_consumed()
        wait_until(lambda: worker.has_nothing_left(len(GUESTS)), "all deadlines to be taken")
        worker.stop()
    assert installation.records("rejected-events") == []
    return {topic: installation.records(topic) for topic in TOPICS}


@pytest.mark.parametrize("guest", GUESTS, ids=lambda guest: guest.case.name)
def test_records(guest: Guest, published: dict[str, list[Record]]) -> None:
    """The case's events cause the records that are written down, in that order, and no others."""
    produced, expected = own_records(guest, published), {topic: guest.case.then[topic] for topic in TOPICS}
    assert {topic: compared(produced[topic], expected[topic]) for topic in TOPICS} == expected


def test_cases_stay_away_for_a_reason() -> None:
    """Most cases run; those that do not say of themselves why they cannot share a worker."""
    assert len(GUESTS) >= 40
    away = Counter(reason_to_stay_away(case) for case in CASES if case.refused is None)
    assert away[None] == len(GUESTS) >= away.total() // 2
