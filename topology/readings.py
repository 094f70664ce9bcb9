"""How the text of one setting is read: integers in a range, ISO 8601 durations, names, addresses.

Each reading returns the value or raises ``ValueError`` whose text says what was expected. Knows no setting.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from streams.domain.durations import parse_duration
from streams.domain.instants import Milliseconds


class Reading(NamedTuple):
    """How one setting is read from text, and what it is for."""

    read: Callable[[str], object]
    doc: str


class Secret(NamedTuple):
    """Text that is not shown."""

    text: str

    def __str__(self) -> str:
        return "(not shown)"

    def __repr__(self) -> str:
        return "Secret(…)"


_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
_PREFIX = re.compile(r"[A-Za-z0-9._-]{1,100}")


def integer(least: int, most: int) -> Callable[[str], int]:
    """A whole number from ``least`` to ``most``."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,18}", text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """One of a few words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return text

    return read


def duration(text: str) -> Milliseconds:
    """An ISO 8601 duration, such as ``P1D``; months and years have no fixed length and are refused."""
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError("an ISO 8601 duration such as P1D, PT5M or PT30S") from None


def write_duration(length: Milliseconds) -> str:
    """The duration as ``duration`` reads it: ``P1D``, ``PT5M``, ``P1DT12H``."""
    days, rest = divmod(length, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    parts = ((hours, "H"), (minutes, "M"), (rest // 1000, "S"))
    time = "".join(f"{number}{unit}" for number, unit in parts if number)
    written = (f"{days}D" if days else "") + (f"T{time}" if time else "")
    return f"P{written or 'T0S'}"


def addresses(text: str) -> str:
    """One or more ``host:port``, with commas between."""
    for address in text.split(","):
        found = _ADDRESS.fullmatch(address.strip())
        if not found or not 0 < int(found[2]) <= 65_535:
            raise ValueError("host:port, several with commas between, such as localhost:9092")
    return text


def web_address(text: str) -> str:
    """One http or https URL, without credentials, since it is told to others, and without a query."""
    parts = urlsplit(text)
    try:
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        good = False
    if not good or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("an http or https URL such as http://worker-3:9464")
    return text.rstrip("/")


def web_addresses(text: str) -> str:
    """One or more http or https URLs, with commas between; without credentials, since settings are shown."""
    for address in text.split(","):
        parts = urlsplit(address.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise ValueError("http or https URLs without user and password, several with commas between")
    return text


def credentials(text: str) -> Secret:
    """A user and a password with a colon between."""
    if ":" not in text:
        raise ValueError("user:password")
    return Secret(text)


def existing(text: str) -> Path:
    """A file or directory that exists."""
    path = Path(text)
    if not path.exists():
        raise ValueError("a file or directory that exists")
    return path


def name(text: str) -> str:
    """A word without blanks."""
    if re.search(r"\s", text):
        raise ValueError("a name without blanks")
    return text


def topic_prefix(text: str) -> str:
    """A beginning of topic names, in the characters that Kafka allows."""
    if not _PREFIX.fullmatch(text):
        raise ValueError("at most 100 letters, digits, dots, dashes and underscores")
    return text


def directories(text: str) -> tuple[Path, ...]:
    """Directories that exist, separated as in PATH."""
    paths = tuple(Path(part) for part in text.split(os.pathsep) if part)
    for path in paths:
        if not path.is_dir():
            raise ValueError(f"directories that exist, and {path} does not")
    return paths
