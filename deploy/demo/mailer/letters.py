"""Letters: a template filled in with what a trigger carries.

Decides what a template is: a text file ``<template>.txt`` whose first line is ``Subject: …`` and whose body follows an
empty line, with ``$amount`` for a value of ``message.data`` and ``$customer_name`` for a text of the profile. A file
``<template>.html`` beside it is the same letter for those who read HTML; values are escaped there. Who gets what
when, it does not know.
"""

import html
import re
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from string import Template
from typing import Any

from deploy.demo.mailer.triggers import Trigger

_SEVEN_BIT = SMTP.clone(cte_type="7bit")
"""Every server takes it, whatever it says of 8BITMIME."""

_NAME = re.compile(r"[\w.-]+", re.ASCII)


class NoLetterError(Exception):
    """This trigger makes no letter; ``reason`` is for the metrics, the text for a person."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Letters:
    """The templates of a directory. A file is read when it is needed, so an edited one serves at once."""

    def __init__(self, templates: Path, sender: str) -> None:
        self._templates = templates
        self._sender = sender
        self._domain = sender.rpartition("@")[2].rstrip("> ")

    def letter(self, trigger: Trigger) -> EmailMessage:
        """The letter of a trigger, the same whenever it is made. Raises ``NoLetterError``."""
        values = _values(trigger)
        head, _, body = self._file(trigger.template, ".txt").partition("\n\n")
        if not head.startswith("Subject:"):
            raise NoLetterError("template", f"template {trigger.template} does not begin with `Subject:`")
        written = EmailMessage(policy=_SEVEN_BIT)
        written["From"] = self._sender
        written["To"] = _address(trigger)
        written["Subject"] = " ".join(_filled(trigger, head[8:], values).split())
        written["Date"] = format_datetime(trigger.occurred_at)
        # The same id again lets a server or a reader see that it is the same letter.
        written["Message-ID"] = f"<{re.sub('[^A-Za-z0-9.-]', '-', trigger.id)}@{self._domain}>"
        written["Auto-Submitted"] = "auto-generated"
        written.set_content(_filled(trigger, body, values))
        rich = self._templates / f"{trigger.template}.html"
        if rich.exists():
            escaped = {name: html.escape(value) for name, value in values.items()}
            written.add_alternative(
                _filled(trigger, rich.read_text(encoding="utf-8"), escaped), subtype="html"
            )
        return written

    def _file(self, template: str, suffix: str) -> str:
        # A name is data from a topic: it must not lead out of the directory.
        if _NAME.fullmatch(template) is None or template.startswith("."):
            raise NoLetterError("template", f"{template!r} is no name of a template")
        try:
            return (self._templates / f"{template}{suffix}").read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise NoLetterError("template", f"there is no {self._templates / template}{suffix}") from error


def _address(trigger: Trigger) -> Address:
    email = trigger.customer.get("email")
    if not isinstance(email, str) or not email:
        raise NoLetterError("no_address", "the customer has no email address")
    name = trigger.customer.get("name")
    try:
        return Address(" ".join(str(name or "").split()), addr_spec=email)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise NoLetterError("no_address", "the customer's email is no address") from error


def _filled(trigger: Trigger, text: str, values: Mapping[str, str]) -> str:
    try:
        return Template(text).substitute(values)
    except (KeyError, ValueError) as error:
        raise NoLetterError("template", f"template {trigger.template} wants {error}") from error


def _values(trigger: Trigger) -> dict[str, str]:
    profile = {f"customer_{field}": value for field, value in trigger.customer.items()}
    return {name: _text(value) for name, value in {**profile, **trigger.data}.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
