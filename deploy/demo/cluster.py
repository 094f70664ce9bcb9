"""The Kafka of the demo: one that is there already, or one of its own for as long as it runs.

Decides which, and that somebody else's is never stopped. How a broker is run is known to ``deploy.kafka``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.kafka.guardian import temporary_broker
from deploy.kafka.local_broker import LocalBroker
from streams.engine.errors import ConfigurationError
from topology.settings import LOCAL_BOOTSTRAP, external_bootstrap


@contextmanager
def cluster(report: Callable[[str], None], *, lasting: bool) -> Iterator[str]:
    """The address of a cluster: the one that ``TIDEMARK_BOOTSTRAP`` names, the local broker if it runs, else our own.

    One of our own is stopped and its data removed at the end, however this process ends; where the cluster has to be
    ``lasting``, it will not do. Raises ``ConfigurationError`` if there is none to be had.
    """
    directory = Path(LOCAL_BOOTSTRAP).parent
    local = LocalBroker(directory, external=external_bootstrap(), report=report)
    state, address = local.status()
    if address is None and lasting:
        raise ConfigurationError(
            "--keep needs a broker that goes on running; start one with `tidemark broker start`"
        )
    if address is None:
        with temporary_broker(directory.parent / "kafka", report) as broker:
            yield _address(broker)
    elif state == "serving":
        report(f"Kafka is there already, at {address.bootstrap}; it stays as it is")
        yield address.bootstrap
    else:
        raise ConfigurationError(
            f"the broker at {address.bootstrap} does not answer. Start it, stop it with `tidemark broker stop` so that "
            "the demo uses one of its own, or name another with TIDEMARK_BOOTSTRAP",
        )


def _address(broker: LocalBroker) -> str:
    address = broker.status().address
    if address is None:
        raise ConfigurationError("the broker ended as soon as it had started; try again")
    return address.bootstrap
