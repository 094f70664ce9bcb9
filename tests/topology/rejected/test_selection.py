"""Which rejected events are meant."""

import pytest

from streams.domain.instants import Instant
from tests.topology.rejected.events import RECEIVED, received, visit
from topology.rejected.selection import Selection

AT = Instant(RECEIVED + 1_000)
"""When it was rejected."""


@pytest.mark.parametrize(
    ("selection", "meant"),
    [
        (Selection(), True),
        (Selection(ids=frozenset({"custom-events-2-100", "x"})), True),
        (Selection(ids=frozenset({"custom-events-2-10"})), False),
        (Selection(event="visit", reason="unknown_attribute", source="shop", customer="c-1"), True),
        (Selection(event="purchase"), False),
        (Selection(reason="wrong_type"), False),
        (Selection(source="till"), False),
        (Selection(customer="c-2"), False),
        (Selection(since=AT), True),
        (Selection(since=Instant(AT + 1)), False),
        (Selection(until=Instant(AT + 1)), True),
        (Selection(until=AT), False),
        (Selection(event="visit", since=Instant(AT + 1)), False),
    ],
)
def test_all_that_is_asked_for_must_hold(selection: Selection, meant: bool) -> None:  # noqa: FBT001 -- a case
    """Each filter by itself, and several together; the time is that of the rejection, its end not included."""
    assert (received(visit(source="shop")) in selection) is meant


def test_asking_for_nothing_is_told_from_asking_for_something() -> None:
    """A replay of everything must be asked for."""
    assert not Selection()
    assert Selection(since=Instant(0))
