"""On which lists a customer stands, for segments whose customers are told one by one.

A list is not a membership: who is put on it may be so before the segment is defined, and stays on it while the segment
is something else. So it is kept beside the memberships, in the same mapping, under a name that no segment can have;
the membership of a defined segment follows it. Decides that name, and what is left without such names.
"""

from collections.abc import Iterator, Mapping

from streams.domain.identities import SegmentId
from streams.domain.instants import Instant
from streams.domain.state import Membership

_SIGN = "/"
"""Begins the name of a list; that of a segment begins with a letter or a digit."""

Held = Mapping[SegmentId, Membership]
"""Memberships and lists of one customer."""


def list_of(segment: SegmentId) -> SegmentId:
    """Under which name the list of a segment is kept."""
    return SegmentId(_SIGN + segment)


def is_list(name: SegmentId) -> bool:
    """Whether a name is that of a list."""
    return name.startswith(_SIGN)


def memberships_of(held: Held) -> dict[SegmentId, Membership]:
    """The memberships alone."""
    return {name: one for name, one in held.items() if not is_list(name)}


def lists_of(held: Held) -> Iterator[tuple[SegmentId, Instant]]:
    """The segments on whose lists the customer stands, each with the instant since when."""
    return (
        (SegmentId(name.removeprefix(_SIGN)), one.entered_at) for name, one in held.items() if is_list(name)
    )


def put_on(held: Held, segment: SegmentId, at: Instant) -> Held:
    """The same with the customer on a list."""
    return {**held, list_of(segment): Membership(0, at, announced=False)}


def taken_off(held: Held, segment: SegmentId) -> Held:
    """The same with the customer off a list."""
    gone = list_of(segment)
    return {name: one for name, one in held.items() if name != gone}
