"""What becomes of one trigger, with a real SMTP server and a real ledger."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.demo.mailer.counts import Counts
from deploy.demo.mailer.desk import Desk, Fate
from deploy.demo.mailer.ledger import Ledger
from deploy.demo.mailer.letters import Letters
from deploy.demo.mailer.post import Post
from deploy.demo.mailer.settings import SmtpSettings
from deploy.demo.mailer.triggers import read_trigger
from tests.demo.mailer.smtp_server import SmtpServer
from tests.demo.mailer.triggers import trigger


class Office:
    """A desk with its parts, opened again as after a crash."""

    def __init__(self, port: int, directory: Path) -> None:
        self.counts = Counts()
        self.ledger = Ledger(directory / "letters.sqlite")
        self.post = Post(SmtpSettings("127.0.0.1", port, starttls=False, timeout_seconds=5))
        letters = Letters(directory / "templates", "Shop <hello@shop.example>")
        self.desk = Desk(self.ledger, letters, self.post, self.counts)

    def settle(self, record: bytes) -> Fate:
        """Deal with a record."""
        return self.desk.settle(read_trigger(record), record)

    def counted(self, name: str, **labels: str) -> float:
        """A metric."""
        return self.counts.registry.get_sample_value(name, labels) or 0.0

    def close(self) -> None:
        """Close what is open."""
        self.post.close()
        self.ledger.close()


@pytest.fixture
def office(server: SmtpServer, templates: Path) -> Iterator[Office]:
    """An office beside the server."""
    opened = Office(server.port, templates.parent)
    yield opened
    opened.close()


def test_a_trigger_becomes_one_letter(server: SmtpServer, office: Office) -> None:
    """Sender, recipient, subject and body come from settings, profile and template; its id is the trigger's."""
    assert office.settle(trigger("t-1")) == "sent"
    (letter,) = server.letters
    assert (letter["From"], letter["To"]) == ("Shop <hello@shop.example>", "ann@example.org")
    assert (letter["Subject"], letter["Message-ID"]) == ("Thanks for 5 stars", "<t-1@shop.example>")
    assert letter.get_content().splitlines() == ["Dear Ann,", "thanks."]


def test_the_same_id_is_sent_once(server: SmtpServer, office: Office) -> None:
    """A replayed trigger is known by its id, also to another process with the same ledger."""
    assert [office.settle(trigger(each)) for each in ("t-1", "t-2", "t-1")] == ["sent", "sent", "needless"]
    assert server.ids() == ["t-1", "t-2"]
    assert office.counted("mailer_skipped_total", reason="duplicate") == 1


def test_what_has_expired_or_goes_elsewhere_is_not_sent(server: SmtpServer, office: Office) -> None:
    """Other channels and stale messages are counted, by reason."""
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    assert office.settle(trigger("t-1", expires_at=past)) == "needless"
    assert office.settle(trigger("t-2", message={"channel": "sms", "template": "thanks"})) == "needless"
    assert office.counted("mailer_skipped_total", reason="expired") == 1
    assert office.counted("mailer_skipped_total", reason="channel") == 1
    assert server.letters == []


def test_a_message_that_never_expires_is_sent(server: SmtpServer, office: Office) -> None:
    """Without ``expires_at`` it is never too late."""
    assert office.settle(trigger("t-1", expires_at=None)) == "sent"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (trigger("t-1", message={"channel": "email", "template": "unheard-of"}), "template"),
        (trigger("t-1", message={"channel": "email", "template": "../letters"}), "template"),
        (trigger("t-1", message={"channel": "email", "template": "thanks", "data": {}}), "template"),
        (trigger("t-1", email=None), "no_address"),
        (trigger("t-1", email="ann"), "no_address"),
        (trigger("t-1", email="ann@example.org\nBcc: all@example.org"), "no_address"),
        (trigger("t-1", email="ann@example.org, bob@example.org"), "no_address"),
    ],
)
def test_what_makes_no_letter_is_set_aside(
    server: SmtpServer, office: Office, record: bytes, reason: str
) -> None:
    """A fault of one trigger stops no other, and the record is kept for somebody to look at."""
    assert [office.settle(record), office.settle(trigger("t-2"))] == ["aside", "sent"]
    assert office.ledger.aside() == [record]
    assert office.counted("mailer_set_aside_total", reason=reason) == 1
    assert server.ids() == ["t-2"]


def test_what_was_set_aside_is_sent_when_the_fault_is_gone(
    server: SmtpServer, office: Office, templates: Path
) -> None:
    """Once a template is there, what waited for it is sent once; what still fails stays aside."""
    wanting = trigger("t-1", message={"channel": "email", "template": "late", "data": {}})
    office.settle(wanting)
    office.settle(trigger("t-2", email=None))
    (templates / "late.txt").write_text("Subject: Late\n\nBut here.\n", encoding="utf-8")
    assert office.desk.settle_aside() == {"sent": 1, "aside": 1}
    assert office.desk.settle_aside() == {"aside": 1}
    assert server.ids() == ["t-1"]


def test_a_refusal_for_good_sets_aside_and_one_for_now_waits(server: SmtpServer, office: Office) -> None:
    """5xx is final; 4xx is tried again, and given up after five times so that others get on."""
    server.refusals = {"no@example.org": ["550 unknown"], "busy@example.org": ["450 busy"] * 2}
    server.refusals["never@example.org"] = ["450 busy"] * 9
    busy, never = trigger("t-2", email="busy@example.org"), trigger("t-3", email="never@example.org")
    assert office.settle(trigger("t-1", email="no@example.org")) == "aside"
    assert [office.settle(busy) for _ in range(3)] == ["waits", "waits", "sent"]
    assert [office.settle(never) for _ in range(5)] == ["waits"] * 4 + ["aside"]
    assert server.ids() == ["t-2"]


def test_while_the_server_is_away_a_letter_waits(server: SmtpServer, office: Office) -> None:
    """Nothing is set aside and nothing is in doubt; a connection that the server dropped is opened anew."""
    assert office.settle(trigger("t-0")) == "sent"
    server.stop()
    assert [office.settle(trigger("t-1")) for _ in range(9)] == ["waits"] * 9
    server.start()
    assert office.settle(trigger("t-1")) == "sent"
    server.stop()
    server.start()
    assert office.settle(trigger("t-2")) == "sent"
    assert server.ids() == ["t-0", "t-1", "t-2"]
    assert office.counted("mailer_in_doubt_total") == 0


@pytest.mark.parametrize(("again", "fate", "ids"), [(True, "sent", 2), (False, "needless", 1)])
def test_a_letter_in_doubt_is_sent_again_or_left(
    server: SmtpServer, office: Office, fate: str, *, again: bool, ids: int
) -> None:
    """If the connection breaks before the answer, nobody knows: the setting decides, and it is counted."""
    office.desk.send_again = again

    def hang_up(_letter: object) -> str:
        # What a crash of the server looks like: it has the letter, and its answer never comes.
        office.post._server.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        return "250 too late"

    server.on_letter = hang_up
    assert office.settle(trigger("t-1")) == "waits"
    server.on_letter = lambda _: "250 taken"
    assert office.settle(trigger("t-1")) == fate
    assert server.ids() == ["t-1"] * ids
    assert office.counted("mailer_in_doubt_total") == 1
