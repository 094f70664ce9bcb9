"""Readings of single values: durations there and back, directories, addresses."""

import os
from pathlib import Path

import pytest

from streams.domain.instants import Milliseconds
from topology import readings


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("P1D", 86_400_000), ("PT5M", 300_000), ("P1DT12H", 129_600_000), ("PT1H1M1S", 3_661_000), ("PT0S", 0)],
)
def test_a_duration_is_written_as_it_is_read(text: str, milliseconds: int) -> None:
    """Reading a duration and writing it gives the same text."""
    assert readings.duration(text) == milliseconds
    assert readings.write_duration(Milliseconds(milliseconds)) == text


def test_several_directories_are_separated_as_in_path(tmp_path: Path) -> None:
    """Each part between separators is a directory; empty parts are left out."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    assert readings.directories(f"{one}{os.pathsep}{os.pathsep}{other}") == (one, other)


@pytest.mark.parametrize("text", ["a:1", "a:1,b.c:9092", "[::1]:9092", "a:1, b:2"])
def test_addresses_are_host_and_port(text: str) -> None:
    """Names, addresses of both kinds, and several of them."""
    assert readings.addresses(text) == text


@pytest.mark.parametrize("text", ["http://worker-3:9464", "https://proxy/worker-3", "http://[::1]:9464"])
def test_a_web_address_is_a_url(text: str) -> None:
    """Host, perhaps port and path; a slash at the end means nothing."""
    assert readings.web_address(text) == readings.web_address(f"{text}/") == text


@pytest.mark.parametrize(
    "text",
    ["worker-3:9464", "ftp://a", "http://", "http://me@a", "http://a?x=1", "http://a#x", "http://a:many"],
)
def test_what_cannot_be_asked_is_no_web_address(text: str) -> None:
    """Neither what a client cannot connect to, nor what tells a secret."""
    with pytest.raises(ValueError, match="an http or https URL"):
        readings.web_address(text)


@pytest.mark.parametrize("text", ["a", "a:", ":1", "a:0", "a:1;b:2", "http://a:1", "a:1,"])
def test_anything_else_is_no_address(text: str) -> None:
    """A scheme, a missing port and an impossible one are refused."""
    with pytest.raises(ValueError, match="host:port"):
        readings.addresses(text)
