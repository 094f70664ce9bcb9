"""A TCP proxy that can be cut and slowed down: what a network does to a worker, on one machine.

Decides only whether bytes pass, and how fast. When it is cut, connections stay open and nothing is forwarded; what
waited goes on when it is healed, as TCP would send it again. When it is reset, all connections are closed and new ones
refused.
"""

import socket
import threading
import time
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
        self.seconds_per_byte = 0.0
        """How long a byte of one direction of a connection takes."""
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

    def slow_down(self, bytes_per_second: int) -> None:
        """From now on each direction of a connection carries no more than this."""
        self.seconds_per_byte = 1 / bytes_per_second

    def heal(self) -> None:
        """Let everything pass again, as fast as it goes."""
        self._refusing = False
        self.seconds_per_byte = 0.0
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
        client, proxy = self.request, self.server
        proxy.passing.wait()
        with suppress(OSError), socket.create_connection(self.server.target) as target:
            if self.server.opened(client, target):
                back = threading.Thread(target=pump, args=(target, client, proxy), daemon=True)
                back.start()
                pump(client, target, proxy)
                back.join()
            self.server.closed(client, target)


def pump(source: socket.socket, sink: socket.socket, proxy: Proxy) -> None:
    """Forward one direction, while it may pass, until either end closes; then close both."""
    with suppress(OSError):
        while chunk := source.recv(_CHUNK):
            proxy.passing.wait()
            time.sleep(len(chunk) * proxy.seconds_per_byte)
            sink.sendall(chunk)
    shut(source)
    shut(sink)


def shut(end: socket.socket) -> None:
    """Close a connection for whoever uses it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
