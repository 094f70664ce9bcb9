"""``python -m deploy.demo.mailer mailer.toml``: send what ``distribution-triggers`` asks for.

Decides signals and exit codes: 0 stopped cleanly, 1 something broke, 2 the settings are wrong.
"""

import logging
import signal
import sys
from pathlib import Path

import click
from confluent_kafka import KafkaException
from prometheus_client import start_http_server

from deploy.demo.mailer.counts import Counts
from deploy.demo.mailer.desk import Desk
from deploy.demo.mailer.ledger import Ledger
from deploy.demo.mailer.letters import Letters
from deploy.demo.mailer.post import Post
from deploy.demo.mailer.rounds import Rounds
from deploy.demo.mailer.settings import Settings, SettingsError, read_settings
from deploy.demo.mailer.triggers import UnreadableError


@click.command()
@click.argument("settings", type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Instead, try once more what was set aside, and end.")
def main(settings: Path, *, again: bool) -> None:
    """Hand over the letters of a topic of distribution triggers, each once, until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        _run(read_settings(settings), again=again)
    except SettingsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except (UnreadableError, KafkaException) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


def _run(settings: Settings, *, again: bool) -> None:
    counts = Counts()
    if settings.mail.metrics_port and not again:
        start_http_server(settings.mail.metrics_port, settings.mail.metrics_host, counts.registry)
    ledger = Ledger(Path(settings.mail.ledger))
    post = Post(settings.smtp)
    letters = Letters(Path(settings.mail.templates), settings.mail.sender)
    desk = Desk(ledger, letters, post, counts)
    desk.send_again = settings.mail.in_doubt == "send_again"
    try:
        if again:
            fates = desk.settle_aside()
            click.echo(", ".join(f"{count} {fate}" for fate, count in sorted(fates.items())) or "nothing")
        else:
            _go_round(Rounds(settings.kafka, desk, ledger, counts))
    finally:
        post.close()
        ledger.close()


def _go_round(rounds: Rounds) -> None:
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: rounds.stopping.set())
    rounds.run()


if __name__ == "__main__":
    main()
