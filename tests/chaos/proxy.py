"""A TCP proxy that can be cut: what a network does to a worker, on one machine.

Decides only whether bytes pass. When it is cut, connections stay open and nothing is forwarded; what waited goes on
when it is healed, as TCP would send it again. When it is reset, all connections are closed and new ones refused.
"""

import socket
import threading
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, Self

from deploy.kafka.ports import LOOPBACK

_CHUNK = 65_536


class Proxy(ThreadingTCPServer):
    """Forwards connections to ``target``, while the context is open."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: tuple[str, int]) -> None:
        super().__init__((LOOPBACK, 0), _Connection)
        self.target = target
        self.address = "{}:{}".format(*self.server_address)
        self.passing = threading.Event()
        self._refusing = False
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.heal()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self.reset()
        self.passing.set()

    def cut(self) -> None:
        """From now on nothing passes, and nobody is told."""
        self.passing.clear()

    def reset(self) -> None:
        """Close every connection, and refuse new ones from now on."""
        with self._lock:
            self._refusing = True
            for end in self._ends:
                shut(end)

    def heal(self) -> None:
        """Let everything pass again."""
        self._refusing = False
        self.passing.set()

    def opened(self, *ends: socket.socket) -> bool:
        """Keep both ends of a connection in mind; ``False`` if it is to be refused."""
        with self._lock:
            self._ends.update(ends)
            return not self._refusing

    def closed(self, *ends: socket.socket) -> None:
        """Forget the ends of a connection."""
        with self._lock:
            self._ends.difference_update(ends)


class _Connection(BaseRequestHandler):
    """One connection and its continuation to the target."""

    server: Any

    def handle(self) -> None:
        """Forward in both directions until either end closes."""
        client, passing = self.request, self.server.passing
        passing.wait()
        with suppress(OSError), socket.create_connection(self.server.target) as target:
            if self.server.opened(client, target):
                back = threading.Thread(target=pump, args=(target, client, passing), daemon=True)
                back.start()
                pump(client, target, passing)
                back.join()
            self.server.closed(client, target)


def pump(source: socket.socket, sink: socket.socket, passing: threading.Event) -> None:
    """Forward one direction, while it may pass, until either end closes; then close both."""
    with suppress(OSError):
        while chunk := source.recv(_CHUNK):
            passing.wait()
            sink.sendall(chunk)
    shut(source)
    shut(sink)


def shut(end: socket.socket) -> None:
    """Close a connection for whoever uses it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
