"""Live traffic and what it caused: latencies from the outputs heard, and waiting for the last of them.

Decides what the latency of an event is: from the moment just before it was handed to the producer's client, to the
arrival of the last record that it caused at a consumer of committed records. Events that cause nothing have none.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tests.bench.findings import Check
from tests.bench.ground import INPUT
from tests.bench.listener import Listener, Output
from tests.bench.paced_producer import Assignment, PacedProducer
from tests.bench.pacing import Pace, Sent
from tests.bench.ruleset import POINTS_RULE
from tests.bench.traffic import Traffic
from tests.broker.installation import Installation

LIVE_TOPICS = ("segment-changes", "distribution-triggers", "distribution-suppressions", "point-events")
BIG_SHARE = 0.6
"""Of the purchases of live traffic: with what else happens, one event in six or so causes an output."""
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.1


class Reached(NamedTuple):
    """One event that caused something."""

    sent_at: float
    """Seconds since 1970."""
    latency_ms: float


def live_traffic(customers: int, seed: int = 77) -> Traffic:
    """Events of which a good part cause an output."""
    return Traffic(customers, big_share=BIG_SHARE, seed=seed)


@contextmanager
def flowing(
    installation: Installation, pace: Pace, traffic: Traffic
) -> Iterator[tuple[Listener, PacedProducer]]:
    """Live events at a pace, and who listens to what they cause."""
    topic = installation.prefix + INPUT
    assignment = Assignment(installation.bootstrap, topic, *pace, traffic=traffic)
    with (
        Listener(installation.bootstrap, installation.prefix, LIVE_TOPICS) as listener,
        PacedProducer(assignment) as producer,
    ):
        yield listener, producer


def live_checks(pace: Pace, sent: Sent, outputs: Iterable[Output]) -> list[Check]:
    """All events were sent, and each big order granted points, once."""
    points = points_of(outputs)
    return [
        Check("events sent", pace.total or 0, sent.events),
        Check("big orders that granted points", sent.big, len(points)),
        Check("different ones among them", sent.big, len(set(points))),
    ]


def deadline_checks(due: int, outputs: Iterable[Output]) -> list[Check]:
    """Each customer who was due was moved, once."""
    changes = by_time(outputs)
    return [
        Check("customers moved by their deadline", due, len({change.customer for change in changes})),
        Check("records of that", due, len(changes)),
    ]


def reached(outputs: Iterable[Output]) -> list[Reached]:
    """The latency of each event that caused an output, in the order in which they were sent."""
    last: dict[str, Output] = {}
    for output in outputs:
        if output.event_id is not None and output.cause == "event":
            known = last.get(output.event_id)
            if known is None or output.at > known.at:
                last[output.event_id] = output
    found = [Reached(output.occurred_ms / 1000, output.latency_ms) for output in last.values()]
    return sorted(found)


def by_time(outputs: Iterable[Output]) -> list[Output]:
    """Changes of membership that time alone made."""
    return [output for output in outputs if output.topic == "segment-changes" and output.cause == "time"]


def points_of(outputs: Iterable[Output]) -> list[str | None]:
    """The events for which the points rule granted, one for each record."""
    return [output.event_id for output in outputs if output.definition == POINTS_RULE]


def hear_out(
    listener: Listener, complete: Callable[[Sequence[Output]], bool], patience: float = _PATIENCE_SECONDS
) -> list[Output]:
    """Everything heard, as soon as it is complete or patience is at its end."""
    outputs: list[Output] = []
    deadline = time.monotonic() + patience
    while True:
        outputs += [heard.read() for heard in listener.take()]
        if complete(outputs) or time.monotonic() > deadline:
            return outputs
        time.sleep(_LOOK_SECONDS)
