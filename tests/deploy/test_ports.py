import os
import shutil
import socket
import sys
from collections.abc import Iterator

import pytest

from deploy.kafka import ports


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_with_a_listener_is_not_free(taken: int) -> None:
    """Two servers cannot listen on one port."""
    assert not ports.is_free(taken)


def test_a_port_is_free_again_once_its_listener_is_gone() -> None:
    """A broker that has just stopped can have its port back."""
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    assert ports.is_free(port)


def test_a_free_port_lies_below_those_that_clients_get() -> None:
    """A client that is given the broker's port for its own end would meet itself there."""
    assert all(20_000 <= ports.free_port() < 30_000 for _ in range(20))


@pytest.mark.skipif(shutil.which("ss") is None, reason="only ss tells who listens")
def test_who_listens_on_a_port_is_told(taken: int) -> None:
    """The message about a busy port names the program and its process."""
    assert ports.occupant(taken).endswith(f"(process {os.getpid()})"), sys.executable


def test_a_listener_that_cannot_be_found_out_is_another_program() -> None:
    """A message about a port is not worth an error of its own."""
    assert ports.occupant(ports.free_port()) == "another program"
