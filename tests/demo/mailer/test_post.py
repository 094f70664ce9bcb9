"""Handing over to a real SMTP server: encryption, login, addresses beyond ASCII."""

import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from deploy.demo.mailer.post import AwayError, Post, RefusedError
from deploy.demo.mailer.settings import SmtpSettings
from tests.demo.mailer.certificates import certificate
from tests.demo.mailer.smtp_server import SmtpServer

PASSWORD = "open sesame"  # noqa: S105 - of a server that lives for a test


def letter(to: str = "ann@example.org") -> EmailMessage:
    """A letter with something beyond ASCII in it."""
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "hello@shop.example", to, "Żółw"
    written.set_content("Zażółć gęślą jaźń.\n")
    return written


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    """Let in who knows the password."""
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (b"shop", PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[SmtpServer]:
    """A server that takes nothing without encryption and login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate(tmp_path))
    running = SmtpServer(
        tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate
    )
    running.start()
    yield running
    running.stop()


def guarded_post(server: SmtpServer, directory: Path, password: str) -> Post:
    """A post that trusts the certificate of the server."""
    (directory / "password").write_text(f"{password}\n", encoding="utf-8")
    settings = SmtpSettings(
        "127.0.0.1",
        server.port,
        ca_file=str(directory / "relay.pem"),
        user="shop",
        password_file=str(directory / "password"),
    )
    return Post(settings)


def test_it_encrypts_and_logs_in(guarded: SmtpServer, tmp_path: Path) -> None:
    """With STARTTLS, a certificate that is trusted and the password of the file, the server takes the letter."""
    post = guarded_post(guarded, tmp_path, PASSWORD)
    post.envelope(letter())
    post.hand_over(letter())
    post.close()
    (taken,) = guarded.letters
    assert taken.get_content().strip() == "Zażółć gęślą jaźń."
    assert taken["Subject"] == "Żółw"


def test_a_wrong_password_is_waited_for(guarded: SmtpServer, tmp_path: Path) -> None:
    """It is nobody's letter's fault, so no letter is set aside for it."""
    with pytest.raises(AwayError, match="535"):
        guarded_post(guarded, tmp_path, "guessed").envelope(letter())


def test_a_certificate_that_nobody_trusts_is_none(guarded: SmtpServer) -> None:
    """Without the file of authorities, the password is not even sent."""
    with pytest.raises(AwayError, match="certificate"):
        Post(SmtpSettings("127.0.0.1", guarded.port)).envelope(letter())


def test_a_server_that_cannot_encrypt_gets_nothing(server: SmtpServer) -> None:
    """Encryption is asked for unless it is switched off."""
    with pytest.raises(AwayError, match="STARTTLS"):
        Post(SmtpSettings("127.0.0.1", server.port)).envelope(letter())


@pytest.mark.parametrize("capable", [True, False])
def test_an_address_beyond_ascii_needs_a_server_that_takes_it(*, capable: bool) -> None:
    """Where it does not, that one letter is refused for good."""
    server = SmtpServer(enable_SMTPUTF8=capable)
    server.start()
    post = Post(SmtpSettings("127.0.0.1", server.port, starttls=False))
    try:
        if capable:
            post.envelope(letter("żółw@example.org"))
            post.hand_over(letter("żółw@example.org"))
            assert server.letters[0]["To"] == "żółw@example.org"
        else:
            with pytest.raises(RefusedError, match="ASCII") as refusal:
                post.envelope(letter("żółw@example.org"))
            assert refusal.value.final
    finally:
        post.close()
        server.stop()
