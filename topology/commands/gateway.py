"""``tidemark gateway``: events over HTTP, until told to stop."""

import click


@click.command()
def gateway() -> None:
    """Take events over HTTP, for those who have no Kafka client.

    Each event is checked as a worker checks it, and answered with 202 when the brokers have it, or with 400 and every
    fault. Start as many as you like, behind a proxy that knows who may send: the gateway itself asks nobody.

    \b
    Examples:
      TIDEMARK_GATEWAY_PORT=8080 tidemark gateway &
      curl -H 'Content-Type: application/x-ndjson' --data-binary @events.ndjson http://127.0.0.1:8080/v1/events
      tidemark schema show new_review --snippet curl
    Watching: http://127.0.0.1:8080/metrics  /ready
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.commands.worker import log_from
    from topology.connections import wait_for_broker
    from topology.gateway import run_gateway
    from topology.settings import Settings

    settings = Settings.from_environment()
    log_from(settings.log_level)
    wait_for_broker(settings)
    run_gateway(settings)
