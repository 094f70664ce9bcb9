"""How large a profile may become: whoever adds a field with each event must not make a state that no topic takes.

Decides the limit and how it is told to the sender. What a profile holds, and how fields are merged, is the domain's.
"""

from collections.abc import Mapping

import msgspec

from schemas.rejections import Fault, Rejected, rejected
from streams.domain.events import JsonValue
from streams.domain.evolve import merged_profile

MOST_BYTES = 1_000_000
"""Of a profile in JSON: as much as an event may have, and little enough for changelog and messages."""

_encode = msgspec.json.encode


def outgrown(profile: Mapping[str, JsonValue], given: Mapping[str, JsonValue]) -> Rejected | None:
    """The rejection of profile fields that would make the customer's profile too large."""
    if len(_encode(profile)) + len(_encode(given)) <= MOST_BYTES:
        return None  # merging adds nothing that is in neither
    size = len(_encode(merged_profile(profile, given)))
    if size <= MOST_BYTES:
        return None
    expected = f"a profile of at most {MOST_BYTES} bytes with these fields"
    return rejected([Fault("too_large", "customer", expected, f"one of {size} bytes")])
