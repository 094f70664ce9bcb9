"""The SMTP server, in two steps: an envelope that it accepts, then the letter itself.

Decides connecting, STARTTLS, login, and whether an answer is final. Only the second step can leave a letter in doubt,
so whoever keeps the ledger writes between the two. When to try again is decided elsewhere.
"""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from deploy.demo.mailer.settings import SmtpSettings


class AwayError(Exception):
    """The server is not there, or not now; nothing has been handed over."""


class InDoubtError(Exception):
    """The connection broke while the letter was on its way."""


class RefusedError(Exception):
    """The server does not take this letter; ``final`` if it never will."""

    def __init__(self, code: int, answer: bytes) -> None:
        super().__init__(f"{code} {answer.decode(errors='replace')}")
        self.final = code >= 500


class Post:
    """A connection that is opened when it is needed and kept while it lasts."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def envelope(self, letter: EmailMessage) -> None:
        """Say from whom and to whom. Raises ``AwayError`` and ``RefusedError``."""
        fresh = self._server is None
        try:
            self._address(letter)
        except AwayError:
            if fresh:
                raise
            self._address(letter)  # servers hang up on who is silent for a while

    def hand_over(self, letter: EmailMessage) -> None:
        """Give the letter to the server, which has it when this returns.

        Raises ``InDoubtError``, and ``AwayError`` and ``RefusedError`` where the server says that it does not have it.
        """
        server = self._connected()
        try:
            code, answer = server.data(
                letter.as_bytes(policy=SMTP.clone(cte_type="7bit", utf8=_beyond_ascii(letter)))
            )
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise InDoubtError(str(error)) from error
        if code != 250:
            self._refused(code, answer)

    def close(self) -> None:
        """Take leave of the server."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server = None

    def _address(self, letter: EmailMessage) -> None:
        try:
            server = self._connected()
            beyond = _beyond_ascii(letter)
            if beyond and not server.has_extn("smtputf8"):
                raise RefusedError(553, b"the server takes ASCII addresses only")
            server.rset()
            code, answer = server.mail(_spec(letter["From"]), ["SMTPUTF8"] if beyond else [])
            if code != 250:
                # Not this letter's fault: the server takes nothing from this sender, or not without a login.
                raise AwayError(f"{letter['From']} may not send: {code} {answer.decode(errors='replace')}")
            code, answer = server.rcpt(_spec(letter["To"]))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise AwayError(str(error)) from error
        if code not in {250, 251}:
            self._refused(code, answer)

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            told = self._settings
            server = smtplib.SMTP(told.host, told.port, timeout=told.timeout_seconds)
            try:
                if told.starttls:
                    server.starttls(context=ssl.create_default_context(cafile=told.ca_file or None))
                server.ehlo_or_helo_if_needed()
                if told.user:
                    server.login(told.user, Path(told.password_file).read_text(encoding="utf-8").strip())
            except (OSError, smtplib.SMTPException):
                server.close()
                raise
            self._server = server
        return self._server

    def _refused(self, code: int, answer: bytes) -> None:
        if code in {421, 530}:  # closing, whatever was asked; or not without a login
            self._drop()
            raise AwayError(answer.decode(errors="replace"))
        raise RefusedError(code, answer)

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _spec(header: object) -> str:
    return str(header.addresses[0].addr_spec)  # type: ignore[attr-defined]  # an address header of EmailMessage


def _beyond_ascii(letter: EmailMessage) -> bool:
    return not (_spec(letter["From"]) + _spec(letter["To"])).isascii()


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
