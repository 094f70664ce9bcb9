"""A real SMTP server that remembers what it took, and may be told to refuse or to be away."""

import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from deploy.kafka.ports import free_port


class SmtpServer:
    """Starts and stops on one port; what it took is kept over that."""

    def __init__(self, **options: Any) -> None:
        self.port = free_port()
        self.letters: list[EmailMessage] = []
        """What it took, in order."""
        self.refusals: dict[str, list[str]] = {}
        """By recipient: the answers that it gives before it takes a letter."""
        self.on_letter: Callable[[EmailMessage], str] = lambda _: "250 taken"
        """What it answers to a letter that it took; may do other things first."""
        self._options = options
        self._changed = threading.Condition()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Be there."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._options)
        self._controller.start()

    def stop(self) -> None:
        """Be away."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def ids(self) -> list[str]:
        """The ids of the triggers whose letters it took, in order."""
        with self._changed:
            return [str(letter["Message-ID"]).partition("@")[0][1:] for letter in self.letters]

    def wait_for(self, count: int, seconds: float = 60) -> bool:
        """Wait until it took so many letters."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.letters) >= count, seconds)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse or accept a recipient."""
        if self.refusals.get(address):
            return self.refusals[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 accepted"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - likewise
        """Take a letter."""
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=default)
        with self._changed:
            self.letters.append(letter)
            self._changed.notify_all()
        return self.on_letter(letter)
