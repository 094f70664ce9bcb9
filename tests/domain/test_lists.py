"""Names of lists, beside the memberships of a customer."""

from streams.domain.identities import SegmentId
from streams.domain.instants import Instant
from streams.domain.lists import list_of, lists_of, memberships_of, put_on, taken_off
from streams.domain.state import Membership

VIP, OTHER = SegmentId("vip"), SegmentId("other")
HELD = {VIP: Membership(3, Instant(7))}


def test_a_list_is_no_membership() -> None:
    """Who is put on a list stands on it since then, and is in no other segment for that."""
    held = put_on(put_on(HELD, VIP, Instant(9)), OTHER, Instant(11))
    assert memberships_of(held) == HELD
    assert dict(lists_of(held)) == {VIP: 9, OTHER: 11}


def test_who_is_taken_off_one_list_stays_on_others() -> None:
    """The memberships are as they were."""
    held = taken_off(put_on(put_on(HELD, VIP, Instant(9)), OTHER, Instant(11)), VIP)
    assert held.keys() == {VIP, list_of(OTHER)}
    assert taken_off(held, OTHER) == HELD
