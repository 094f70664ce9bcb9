"""What the mailer is told, from a TOML file.

Decides names, defaults and what is refused. Passwords stand in files of their own, never in this one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.message import EmailMessage
from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """The file of settings is wrong; says where, and what was expected."""


@dataclass(frozen=True)
class KafkaSettings:
    """Where triggers are read."""

    bootstrap: str
    topic: str = "distribution-triggers"
    group: str = "mailer"
    properties: Mapping[str, str] = field(default_factory=dict)
    """Further properties of librdkafka, such as ``security.protocol``."""


@dataclass(frozen=True)
class SmtpSettings:
    """Where letters are handed over."""

    host: str
    port: int = 587
    starttls: bool = True
    ca_file: str = ""
    """Authorities to trust instead of the system's; empty for the system's."""
    user: str = ""
    """Empty for no login."""
    password_file: str = ""
    timeout_seconds: int = 15
    """For one answer of the server. Ten of them must stay below ``max.poll.interval.ms``, 300 s."""


@dataclass(frozen=True)
class MailSettings:
    """What letters are made of, and what is remembered of them."""

    sender: str
    templates: str
    ledger: str
    """The SQLite file that remembers ids. On a disk that survives the process."""
    in_doubt: str = "send_again"
    """``send_again`` or ``leave``: a letter that was being handed over when the mailer or the server died."""
    metrics_port: int = 0
    """0 serves no metrics."""
    metrics_host: str = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    """All settings."""

    kafka: KafkaSettings
    smtp: SmtpSettings
    mail: MailSettings


def read_settings(file: Path) -> Settings:
    """Read the file; paths in it are relative to it. Raises ``SettingsError``."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    unknown = document.keys() - {"kafka", "smtp", "mail"}
    if unknown:
        raise SettingsError(
            f"{file}: no such table: {', '.join(sorted(unknown))}; there are kafka, smtp, mail"
        )
    read = Settings(
        KafkaSettings(**_table(document, KafkaSettings, file)),
        SmtpSettings(**_table(document, SmtpSettings, file)),
        MailSettings(**_table(document, MailSettings, file)),
    )
    if read.mail.in_doubt not in {"send_again", "leave"}:
        raise SettingsError(f"{file}: mail.in_doubt: expected send_again or leave, got {read.mail.in_doubt}")
    if not 1 <= read.smtp.timeout_seconds <= 20:
        raise SettingsError(f"{file}: smtp.timeout_seconds: expected 1 to 20")
    if read.smtp.user and not read.smtp.password_file:
        raise SettingsError(f"{file}: smtp.password_file is missing: smtp.user logs in with a password")
    _check_places(read, file)
    return read


def _check_places(read: Settings, file: Path) -> None:
    for name, place in (("password_file", read.smtp.password_file), ("ca_file", read.smtp.ca_file)):
        if place and not Path(place).is_file():
            raise SettingsError(f"{file}: smtp.{name}: there is no file {place}")
    if not Path(read.mail.templates).is_dir():
        raise SettingsError(f"{file}: mail.templates: there is no directory {read.mail.templates}")
    header = EmailMessage()
    header["From"] = read.mail.sender
    if len(header["From"].addresses) != 1 or header["From"].defects:
        raise SettingsError(f"{file}: mail.sender: expected `Name <name@domain>`, got {read.mail.sender}")


def _table(document: Mapping[str, Any], kind: type, file: Path) -> dict[str, Any]:
    name = kind.__name__.removesuffix("Settings").lower()
    given = document.get(name, {})
    if not isinstance(given, dict):
        raise SettingsError(f"{file}: {name}: expected a table [{name}]")
    known = {each.name: each for each in fields(kind)}
    for key, value in given.items():
        if key not in known:
            raise SettingsError(f"{file}: no such setting: {name}.{key}; there are {', '.join(known)}")
        # true would pass for 1 as an int, hence not isinstance
        expected: Any = dict if key == "properties" else known[key].type
        if type(value) is not expected:
            raise SettingsError(f"{file}: {name}.{key}: expected {expected.__name__}, got {value!r}")
    missing = [each for each in _MANDATORY[name] if not given.get(each)]
    if missing:
        raise SettingsError(f"{file}: missing: {', '.join(f'{name}.{each}' for each in missing)}")
    return {key: _located(key, value, file) for key, value in given.items()}


def _located(key: str, value: Any, file: Path) -> Any:
    return str(file.parent / value) if key in _PATHS and value else value


_MANDATORY = {"kafka": ("bootstrap",), "smtp": ("host",), "mail": ("sender", "templates", "ledger")}
_PATHS = frozenset({"templates", "ledger", "password_file", "ca_file"})
