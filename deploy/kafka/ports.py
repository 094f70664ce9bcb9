"""Which TCP port the broker gets.

Decides only what is free at this moment. A port may be taken a moment later: whoever starts a broker finds out.
"""

import random
import shutil
import socket
import subprocess

LOOPBACK = "127.0.0.1"

_RANGE = range(20_000, 30_000)
"""Below the ports that clients are given for their own end: a client that keeps trying to reach a dead broker
could be given the broker's port, and then connect to itself."""


def is_free(port: int) -> bool:
    """Whether a server could listen on the port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(*, besides: int | None = None) -> int:
    """A port that is free now; ``besides`` is one that is spoken for."""
    candidates = (random.choice(_RANGE) for _ in range(1000))  # noqa: S311 - no secret, only spread
    return next(port for port in candidates if port != besides and is_free(port))


def occupant(port: int) -> str:
    """Who listens on the port, as far as the system tells; for a message, so never an error."""
    tool = shutil.which("ss")
    if tool is None:
        return "another program"
    table = subprocess.run(
        [tool, "-Hltnp", f"sport = :{port}"], capture_output=True, text=True, check=False
    ).stdout
    _, found, rest = table.partition('users:(("')
    name, _, tail = rest.partition('"')
    process = tail.partition("pid=")[2].partition(",")[0]
    return f"{name} (process {process})" if found and process else "another program"
