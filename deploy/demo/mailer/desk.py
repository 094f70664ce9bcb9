"""What becomes of one trigger: a letter that is handed over once, or a reason why not.

Decides in which order ledger and server are spoken to, which is all that keeps a letter from being sent twice:

1. an id that the ledger knows is not sent again;
2. the server accepts sender and recipient;
3. the ledger says ``handing_over``, on the disk;
4. the server takes the letter;
5. the ledger says ``sent``, on the disk; only then is the position in the topic committed.

A crash between 3 and 5 leaves that one letter in doubt: no protocol can tell whether the server had it.
Knows nothing of Kafka.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from deploy.demo.mailer.counts import Counts
from deploy.demo.mailer.ledger import Ledger
from deploy.demo.mailer.letters import Letters, NoLetterError
from deploy.demo.mailer.post import AwayError, InDoubtError, Post, RefusedError
from deploy.demo.mailer.triggers import Trigger, read_trigger

ATTEMPTS_FOR_ONE = 5
"""How often a letter is tried that the server, which is there, puts off. Then others have waited long enough."""

Fate = Literal["sent", "needless", "aside", "waits"]
"""What became of a trigger."""

_LOG = logging.getLogger(__name__)


class Desk:
    """Ledger, templates and server together."""

    def __init__(self, ledger: Ledger, letters: Letters, post: Post, counts: Counts) -> None:
        self._ledger = ledger
        self._letters = letters
        self._post = post
        self._counts = counts
        self._trying: str | None = None
        self._put_off = 0
        self.send_again = True
        """Whether a letter in doubt is handed over again."""

    def settle(self, trigger: Trigger, record: bytes) -> Fate:
        """Deal with a trigger; what ``waits`` for the server is to be brought again, before any other."""
        if trigger.channel != "email":
            return self._skip("channel")
        if self._ledger.state(trigger.id) in {"sent", "set_aside", "expired"}:
            return self._skip("duplicate")
        return self._deal(trigger, record)

    def settle_aside(self) -> Mapping[Fate, int]:
        """Try again what was set aside, once each, and count what became of it; what has expired is let go."""
        fates: Counter[Fate] = Counter()
        for record in self._ledger.aside():
            trigger = read_trigger(record)
            if trigger.expired(datetime.now(UTC)):
                self._ledger.enter(trigger.id, "expired", datetime.now(UTC), trigger.expires_at)
            fates[self._deal(trigger, record)] += 1
        return fates

    def _deal(self, trigger: Trigger, record: bytes) -> Fate:
        first = trigger.id != self._trying
        self._trying, self._put_off = trigger.id, 0 if first else self._put_off
        reason = self._too_late(trigger, first=first)
        if reason is not None:
            return self._skip(reason)
        try:
            return self._send(trigger)
        except NoLetterError as error:
            return self._set_aside(trigger, error.reason, record, error)
        except RefusedError as error:
            self._put_off += 1
            if not error.final and self._put_off < ATTEMPTS_FOR_ONE:
                return self._later(trigger, error)
            return self._set_aside(trigger, "refused", record, error)
        except (AwayError, InDoubtError) as error:
            if isinstance(error, InDoubtError):
                self._doubt(trigger)
            return self._later(trigger, error)

    def _too_late(self, trigger: Trigger, *, first: bool) -> str | None:
        if trigger.expired(datetime.now(UTC)):
            return "expired"
        if self._ledger.state(trigger.id) != "handing_over":
            return None
        if first:
            self._doubt(trigger)
        return None if self.send_again else "in_doubt"

    def _send(self, trigger: Trigger) -> Fate:
        letter = self._letters.letter(trigger)
        self._post.envelope(letter)
        self._ledger.enter(trigger.id, "handing_over", datetime.now(UTC), trigger.expires_at)
        try:
            self._post.hand_over(letter)
        except (RefusedError, AwayError):
            self._ledger.withdraw(trigger.id)
            raise
        now = datetime.now(UTC)
        self._ledger.enter(trigger.id, "sent", now, trigger.expires_at)
        self._counts.sent.inc()
        self._counts.delay.observe(max(0.0, (now - trigger.occurred_at).total_seconds()))
        return "sent"

    def _skip(self, reason: str) -> Fate:
        self._counts.skipped.labels(reason).inc()
        return "needless"

    def _doubt(self, trigger: Trigger) -> None:
        _LOG.warning("%s is in doubt: the server may have it already", trigger.id)
        self._counts.in_doubt.inc()

    def _later(self, trigger: Trigger, error: Exception) -> Fate:
        _LOG.warning("%s has to wait: %s", trigger.id, error)
        self._counts.retries.inc()
        return "waits"

    def _set_aside(self, trigger: Trigger, reason: str, record: bytes, error: Exception) -> Fate:
        _LOG.error("%s of %s is set aside: %s", trigger.id, trigger.distribution, error)
        self._ledger.set_aside(trigger.id, reason, record, datetime.now(UTC))
        self._counts.set_aside.labels(reason).inc()
        return "aside"
