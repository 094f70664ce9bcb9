"""Where a worker is reached, as its group tells: the address stands in the client id of the member.

Decides how it is written there, so that no registry of workers is needed: the brokers know who is alive, and who has
which partition.
"""

import socket

from topology.settings import Settings

_SEPARATOR = "@http"
_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 -- told from addresses that can be reached


def advertised_address(settings: Settings, port: int) -> str:
    """The URL under which others reach a worker that serves its pages on this port."""
    if settings.http_advertised is not None:
        return settings.http_advertised
    host = socket.gethostname() if settings.http_host in _EVERYWHERE else settings.http_host
    return f"http://{host}:{port}"


def with_address(client_id: str, address: str) -> str:
    """The client id of a worker that is reached at this URL."""
    return f"{client_id}@{address}"


def address_in(client_id: str) -> str | None:
    """The URL in the client id of a worker; ``None`` if it tells none."""
    before, separator, behind = client_id.rpartition(_SEPARATOR)
    del before
    return f"http{behind}" if separator else None
