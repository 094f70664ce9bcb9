"""Text from strangers on a terminal."""

import pytest

from topology.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Füße\nund mehr", "Füße\nund mehr"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\u202eb\tc", "a\\u202eb\\tc"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_nothing_moves_the_cursor(text: str, shown: str) -> None:
    """Letters and lines stay, controls and marks of direction are written out."""
    assert printable(text) == shown
