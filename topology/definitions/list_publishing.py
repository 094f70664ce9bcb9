"""Tells the workers who came to a list and who left it: one record of ``segment-lists`` for each.

Decides that each stands on the partition of its customer, whatever the key, and that what it brings about has the cause
``definition``: a list that is applied is no deed of its customers. What is cut short is made up for by doing it again,
since only what is still missing is told then.
"""

from collections.abc import Iterator

from schemas.segment_lists import BY_DEFINITION, key_of, value_of
from streams.engine.errors import ConfigurationError
from streams.engine.partitioning import partitioner
from topology.connections import PATIENCE_SECONDS
from topology.definitions.list_changes import ListChange
from topology.lines import bar
from topology.producing import Tally, hand_over, open_producer
from topology.rejected.committed import partition_count
from topology.settings import Settings
from topology.topics import topics_of

_STEP = 2_000
"""Records between two movements of the bar."""


def publish_list(change: ListChange, settings: Settings) -> None:
    """Write all records of a change, and wait for the brokers. Raises ``ConfigurationError`` if not all were taken."""
    topic, tally = topics_of(settings).segment_lists.name, Tally()
    producer, partition_of = open_producer(settings, topic), partitioner(partition_count(settings, topic))
    with bar(f"list of {change.segment}", len(change.added) + len(change.removed)) as (progress, task):
        for number, (customer, value) in enumerate(_records(change)):
            record = {
                "key": key_of(change.segment, customer),
                "value": value,
                "partition": partition_of(customer),
                "headers": BY_DEFINITION,
            }
            hand_over(producer, topic, **record, on_delivery=tally.delivered)
            if number % _STEP == 0:
                progress.update(task, completed=number)
    unanswered = producer.flush(PATIENCE_SECONDS)
    if unanswered or tally.failed:
        reason = tally.failed[0] if tally.failed else "no answer"
        missing = unanswered + len(tally.failed)
        raise ConfigurationError(
            f"topic {topic}: {missing:,} records on {change.segment} were not taken ({reason}). Run it again"
        )


def _records(change: ListChange) -> Iterator[tuple[str, bytes | None]]:
    yield from ((customer, None) for customer in change.removed)
    yield from ((customer, value_of(change.segment, customer)) for customer in change.added)
