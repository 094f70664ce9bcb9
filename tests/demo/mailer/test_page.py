"""The mailer's page and the demo's templates agree with the code and the demo's definitions."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

import deploy
from deploy.demo.mailer.counts import Counts
from deploy.demo.mailer.letters import Letters
from deploy.demo.mailer.settings import KafkaSettings, MailSettings, SmtpSettings
from deploy.demo.mailer.triggers import read_trigger
from tests.demo.mailer.triggers import trigger

DEMO = Path(deploy.__file__).parent / "demo"
PAGE = (DEMO / "mailer" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [KafkaSettings, SmtpSettings, MailSettings])
def test_every_setting_is_on_the_page(kind: type) -> None:
    """No setting is left to be found in the code, and none is told that does not exist."""
    table = kind.__name__.removesuffix("Settings").lower()
    told = set(re.findall(rf"`{table}\.(\w+)`", PAGE))
    assert told == {each.name for each in fields(kind)}


def test_every_metric_is_on_the_page() -> None:
    """The page names what Prometheus sees, with the labels."""
    told = set(re.findall(r"`(mailer_\w+)", PAGE))
    served = {
        f"{each.name}_total" if each.type == "counter" else each.name for each in Counts().registry.collect()
    }
    assert told == served


def test_the_demos_messages_have_their_templates() -> None:
    """Each email that the demo's definitions ask for makes a letter from what they give it."""
    definitions = yaml.safe_load_all((DEMO / "definitions" / "messages.yaml").read_text(encoding="utf-8"))
    messages = [each["message"] for each in definitions if each["kind"] == "distribution"]
    emails = [each for each in messages if each["channel"] == "email"]
    letters = Letters(DEMO / "mailer" / "templates", "hello@shop.example")
    subjects = [letters.letter(read_trigger(trigger("t", message=each)))["Subject"] for each in emails]
    assert len(subjects) == 4
    assert all(subjects)
