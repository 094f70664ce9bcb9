"""How much a run of the suite does: the short form goes with every change, the long one takes its time."""

from typing import NamedTuple


class Form(NamedTuple):
    """The same tests, longer or shorter."""

    one_in: int
    """Of so many customers, one buys."""
    drops: int
    """Of what is left to send, one part in so many flows every 50 ms."""
    kills: int
    """How often a worker is killed at random."""
    rounds: int
    """How often any other fault is repeated."""


SHORT = Form(one_in=20, drops=800, kills=5, rounds=1)
LONG = Form(one_in=1, drops=2_000, kills=20, rounds=5)
