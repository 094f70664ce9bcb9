"""``tidemark worker``: run the agents until told to stop.

Decides how a worker starts (it waits for the broker, and says so) and how it ends: 0 after SIGTERM or SIGINT with
everything committed, 1 after an error of its own.
"""

import asyncio
import contextlib
import ctypes
import gc
import logging

import click

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's ``mallopt``."""


@click.command()
def worker() -> None:
    """Run the agents: events in, decisions out, exactly once.

    Reads custom-events, keeps every customer's state, and writes segment changes, messages and points, all in Kafka
    transactions. Start as many as there are partitions; they share the work. SIGTERM commits and stops.

    \b
    Before the first start:   tidemark apply definitions/
    Metrics and readiness:    http://127.0.0.1:9464/metrics  /ready
    History instead of now:   TIDEMARK_CLOCK=stream tidemark worker
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from streams.gateway.probes import Probes, Served
    from topology.app import build_worker, run_worker
    from topology.asking.addresses import advertised_address
    from topology.connections import wait_for_broker
    from topology.settings import Settings

    _spare_memory()
    settings = Settings.from_environment()
    log_from(settings.log_level)
    wait_for_broker(settings)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    probes = Probes(settings.http_host, settings.http_port)
    parts = build_worker(settings, advertised_address(settings, probes.port), loop)
    probes.start(Served(parts.metrics.registry, parts.readiness, parts.questions))
    logging.getLogger(__name__).info("serving %s/metrics and /ready", probes.address)
    # What was made so far stays, and what follows is mostly not cyclic: the default collector would cost a fifth.
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)
    try:
        run_worker(parts)
    finally:
        probes.stop()


def log_from(level: str) -> None:
    """Log what an operator wants to know; what the frameworks tell of their services is for ``debug``."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(message)s")
    if level != "debug":
        for framework in ("faust", "mode", "httpx", "httpx2"):
            logging.getLogger(framework).setLevel(logging.WARNING)


def _spare_memory() -> None:
    """Have the C library keep two heaps rather than eight for each core: that takes a sixth less memory.

    It counts for threads that begin afterwards.
    """
    with contextlib.suppress(AttributeError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)
