"""A stand-in for a worker that says, over real HTTP, what a test tells it to say."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from topology.asking.workers import Holder

Reply = tuple[int, Sequence[object]]
"""Status, and documents that are sent, a line each; bytes are sent as they are."""


class Worker:
    """Answers requests by asking the test; remembers what it was asked."""

    def __init__(self, reply: Callable[[str, Any], Reply], address: str) -> None:
        self.reply = reply
        self.holder = Holder(address, "127.0.0.1")
        self.asked: list[tuple[str, Any]] = []


@contextmanager
def worker(reply: Callable[[str, Any], Reply]) -> Iterator[Worker]:
    """One that serves until the context is left; ``reply`` is given path and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            served.asked.append((self.path, body))
            status, lines = served.reply(self.path, body)
            self.send_response(status)
            self.end_headers()
            for line in lines:
                self.wfile.write(
                    line
                    if isinstance(line, bytes)
                    else json.dumps(line, separators=(",", ":")).encode() + b"\n"
                )

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Worker(reply, f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def last(partition: int, matched: int, customers: int = 10) -> dict[str, Any]:
    """The last line of a partition."""
    return {"partition": partition, "customers": customers, "matched": matched, "at": "…", "done": True}


def all_asked(matched: int) -> Callable[[str, Any], Reply]:
    """Every partition that is asked for answers, with so many who match."""
    return lambda _path, body: (200, [last(number, matched) for number in body["partitions"]])
