"""``tidemark broker``: a real Kafka on this machine, to try things on.

Decides what is said and the exit codes. How the broker is run is known to ``deploy.kafka``.
"""

from pathlib import Path

import click

from deploy.kafka.local_broker import LocalBroker

_NAMES = {"external": "a cluster of your own", "container": "a Docker container", "java": "a Java process"}

_STATES = {
    "serving": "serves",
    "silent": "runs but does not answer; `tidemark broker stop` ends it",
    "crashed": "ended without being stopped; `tidemark broker start` starts it again on the same data",
    "stopped": "is stopped; `tidemark broker start` starts it",
}


@click.group()
def broker() -> None:
    """Start, stop or look at a Kafka broker on this machine.

    It is Apache Kafka, one node: in Docker if an engine answers, else as a Java process whose jars Maven
    fetches once (about 45 MB). Data, log and address stand under .tidemark/broker in the working directory;
    other commands find the address there. It goes on until it is stopped, and keeps its data.

    With TIDEMARK_BOOTSTRAP set, that cluster is used in its place and nothing is started.
    """


@broker.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help="Listen here. Without it: the port it had before, or a free one.",
)
def start(port: int | None) -> None:
    """Start the broker, and wait until it serves.

    \b
      tidemark broker start
      tidemark broker start --port 9092
    """  # noqa: D301 - click reads the backspace, a raw string would hide it
    local = _local_broker()
    before = local.status().state
    address = local.start(port)
    adverb = " already" if before == "serving" and address.kind != "external" else ""
    click.echo(f"Kafka serves{adverb} at {address.bootstrap} ({_NAMES[address.kind]})")


@broker.command()
def stop() -> None:
    """Stop the broker cleanly. Its data is kept for the next start."""
    click.echo(
        "Kafka is stopped; its data is kept" if _local_broker().stop() else "there was no broker to stop"
    )


@broker.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Say whether the broker serves, and where. The exit code is 0 if it does, 1 if not."""
    state, address = _local_broker().status()
    place = f" at {address.bootstrap} ({_NAMES[address.kind]})" if address else ""
    click.echo(f"Kafka{place} {_STATES[state]}")
    context.exit(0 if state == "serving" else 1)


def _local_broker() -> LocalBroker:
    from topology.settings import LOCAL_BOOTSTRAP, external_bootstrap

    def report(step: str) -> None:
        click.echo(f"… {step}", err=True)

    return LocalBroker(Path(LOCAL_BOOTSTRAP).parent, external=external_bootstrap(), report=report)
