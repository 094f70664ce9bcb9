"""The mailer's settings: what is read, and what is refused with its place."""

from pathlib import Path

import pytest

import deploy
from deploy.demo.mailer.settings import SettingsError, read_settings

SOUND = """\
[kafka]
bootstrap = "kafka:9092"
properties = {"security.protocol" = "SASL_SSL"}
[smtp]
host = "relay"
[mail]
sender = "hello@shop.example"
templates = "templates"
ledger = "/var/letters.sqlite"
"""


def written(directory: Path, text: str) -> Path:
    """A file of settings."""
    (directory / "templates").mkdir()
    file = directory / "mailer.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    """STARTTLS on port 587 is what a relay expects; paths are relative to the file."""
    read = read_settings(written(tmp_path, SOUND))
    assert (read.smtp.port, read.smtp.starttls, read.kafka.group) == (587, True, "mailer")
    assert read.kafka.properties == {"security.protocol": "SASL_SSL"}
    assert (read.mail.templates, read.mail.ledger) == (str(tmp_path / "templates"), "/var/letters.sqlite")


@pytest.mark.parametrize(
    ("was", "is_", "words"),
    [
        ("host =", "hots =", "no such setting: smtp.hots"),
        ('host = "relay"', "", "missing: smtp.host"),
        ('host = "relay"', 'host = "relay"\nport = "25"', "smtp.port: expected int, got '25'"),
        ('host = "relay"', 'host = "relay"\nport = true', "smtp.port: expected int, got True"),
        ('host = "relay"', 'host = "relay"\nuser = "shop"', "smtp.password_file is missing"),
        ('host = "relay"', 'host = "relay"\ntimeout_seconds = 90', "expected 1 to 20"),
        ("[mail]", '[mail]\nin_doubt = "ask"', "expected send_again or leave, got ask"),
        ('host = "relay"', 'host = "relay"\nuser = "shop"\npassword_file = "none"', "there is no file"),
        ('= "templates"', '= "tamplates"', "mail.templates: there is no directory"),
        ('"hello@shop.example"', '"Record shop"', "mail.sender: expected"),
        ("[mail]", "[male]", "no such table: male"),
        ("[mail]", "[mail", "Expected"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, was: str, is_: str, words: str) -> None:
    """A misspelt setting is refused, not ignored."""
    with pytest.raises(SettingsError, match=words.replace("[", r"\[")):
        read_settings(written(tmp_path, SOUND.replace(was, is_)))


def test_the_settings_of_the_demo_are_sound() -> None:
    """The file that the compose file mounts can be read."""
    file = Path(deploy.__file__).parent / "demo" / "mailer" / "mailer.toml"
    assert read_settings(file).mail.sender == "Record shop <hello@shop.example>"
