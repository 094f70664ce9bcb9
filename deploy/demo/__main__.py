"""``python -m deploy.demo``: the record shop's history through a real Kafka, on this machine.

Decides options, signals and exit codes: 0 stream and backtest agree, 1 they do not or something broke off, 2 something
is missing on this machine, 128 and the signal's number if it was ended by one.
"""

import signal
import sys
from types import FrameType
from typing import NoReturn

import click
from confluent_kafka import KafkaException
from rich.console import Console

from deploy.demo.feed import Pace
from deploy.demo.play import Options, play
from deploy.demo.processes import DemoError
from streams.engine.errors import ConfigurationError

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """End in order, and let nothing interrupt that."""
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--under-way",
    type=click.IntRange(min=100),
    default=1_000,
    show_default=True,
    help="Events that may wait to be decided at a time. More of them go faster, and wait longer.",
)
@click.option("--rate", type=click.FloatRange(min=1), help="Events per second at most.")
@click.option("--keep", is_flag=True, help="Leave the topics on the broker, which then has to run already.")
def main(under_way: int, rate: float | None, *, keep: bool) -> None:
    """Replay 18 months of real purchases of a record shop through Kafka, and show what comes out.

    Starts a Kafka and a worker, feeds them, checks every record against a backtest, and stops both. With
    TIDEMARK_BOOTSTRAP set, or with a local broker that runs, that one is used and left as it is.
    """
    for each in _ENDING:
        signal.signal(each, _end)
    console = Console() if sys.stdout.isatty() else Console(width=140)
    try:
        agree = play(Options(Pace(under_way, rate), keep), console)
    except ConfigurationError as error:
        _fail(str(error), 2)
    except (DemoError, KafkaException) as error:
        _fail(str(error), 1)
    sys.exit(0 if agree else 1)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
