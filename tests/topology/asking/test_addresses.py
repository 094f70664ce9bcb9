"""Addresses of workers, in their client ids and out of them."""

import socket

import pytest

from topology.asking.addresses import address_in, advertised_address, with_address
from topology.settings import Settings


@pytest.mark.parametrize("client_id", ["tidemark", "me@home", "a@http"])
@pytest.mark.parametrize("address", ["http://127.0.0.1:9464", "https://proxy.example/worker-3"])
def test_an_address_is_read_as_it_was_written(client_id: str, address: str) -> None:
    """Whatever the operator calls the client."""
    assert address_in(with_address(client_id, address)) == address


@pytest.mark.parametrize("client_id", ["tidemark", "rdkafka", "me@home"])
def test_a_client_id_without_address_tells_none(client_id: str) -> None:
    """Such as that of an older worker."""
    assert address_in(client_id) is None


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "http://127.0.0.1:81"),
        (Settings(http_host="10.0.0.7"), "http://10.0.0.7:81"),
        (Settings(http_host="0.0.0.0"), f"http://{socket.gethostname()}:81"),  # noqa: S104 -- as in a container
        (Settings(http_host="0.0.0.0", http_advertised="http://pod-3:9"), "http://pod-3:9"),  # noqa: S104
    ],
)
def test_a_worker_is_reached_where_it_serves_unless_told_otherwise(settings: Settings, address: str) -> None:
    """The port is the one that it got; an address that means all of them is no address, the host name is."""
    assert advertised_address(settings, 81) == address
