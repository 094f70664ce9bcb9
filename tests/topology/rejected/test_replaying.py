"""Replays on a real broker: an event and its mark are written together, once."""

from collections.abc import Iterator

import pytest

from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError
from tests.topology.rejected.events import NOW, ROOM, SECONDS, judge, received, visit
from topology.connections import connect
from topology.rejected import replaying
from topology.rejected.committed import committed_values
from topology.rejected.reading import read_marks, read_rejected
from topology.rejected.replay import Replay
from topology.rejected.replaying import Replaying
from topology.settings import Settings
from topology.topics import ensure_topics, topics_of

pytestmark = pytest.mark.broker


@pytest.fixture
def installed(settings: Settings) -> Settings:
    """An installation with its topics and nothing on them."""
    ensure_topics(connect(settings), topics_of(settings))
    return settings


def replays(count: int) -> Iterator[Replay]:
    """So many visits, each rejected at a place of its own, as they would be sent."""
    judging = judge(SECONDS, ROOM)
    for number in range(count):
        sent = judging.judge(received(visit(), offset=number))
        yield sent._replace(partition=number % 3)


def sent(settings: Settings) -> int:
    """How many records stand on ``custom-events``."""
    return len(list(committed_values(settings, topics_of(settings).custom_events.name)))


def test_each_is_sent_and_marked_once(installed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several transactions, twice in one run, and in a second run."""
    monkeypatch.setattr(replaying, "_MOST_EVENTS", 4)
    first = Replaying(installed)
    first.send([*replays(10), *replays(3)], NOW)
    assert (first.sent, sent(installed)) == (10, 10)
    second = Replaying(installed)
    second.send(replays(12), Instant(NOW + 1))
    assert (second.sent, sent(installed)) == (2, 12)
    marks = read_marks(installed)
    told = [marks.of(replay.rejected) for replay in replays(12)]
    assert [mark.replayed_at for mark in told if mark] == ["2025-11-24T16:00:00Z"] * 10 + [
        "2025-11-24T16:00:00.001Z"
    ] * 2


def test_of_two_at_once_the_later_one_wins(installed: Settings) -> None:
    """The earlier one is fenced, says so, and sends nothing; the later one sends each once."""
    earlier, later = Replaying(installed), Replaying(installed)
    with pytest.raises(ConfigurationError, match="another replay began"):
        earlier.send(replays(3), NOW)
    later.send(replays(3), NOW)
    assert (earlier.sent, later.sent, sent(installed)) == (0, 3, 3)


def test_nothing_rejected_is_an_empty_list(installed: Settings) -> None:
    """Topics without a record are read to their end at once, from any instant."""
    assert list(read_rejected(installed)) == list(read_rejected(installed, NOW)) == []


def test_a_missing_topic_is_told(settings: Settings) -> None:
    """With what creates it."""
    with pytest.raises(
        ConfigurationError, match=r"rejected-events does not exist; create it with `tidemark apply"
    ):
        list(read_rejected(settings))


def test_reading_may_begin_at_an_instant(installed: Settings) -> None:
    """Records that were written before are left out."""
    Replaying(installed).send(replays(5), NOW)
    topic = topics_of(installed).custom_events.name
    assert len(list(committed_values(installed, topic, Instant(0)))) == 5
    assert list(committed_values(installed, topic, Instant(4_102_444_800_000))) == []
