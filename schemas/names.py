"""The nearest known name for one that is not known: the hint in a message.

Decides how near is near: an event's unknown name is refused anyway and any hint helps, a property that Avro would
ignore is only called misspelt when it can hardly be anything else.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

_LONGEST = 100
"""Characters of a name that is compared; a longer one is no slip of the pen, and comparing costs."""
_LISTED = 8
"""How many names a hint lists when none is near."""


def hint(name: str, known: Iterable[str]) -> str:
    """``did you mean rating?``, or the known names while they are few; empty for many and none near."""
    return _hint(name if len(name) <= _LONGEST else "", tuple(known))


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """The known name that this one must have been meant for; ``None`` if it may well mean something of its own."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.8)), None)


@lru_cache(maxsize=1024)  # a sender that errs, errs again with the same name
def _hint(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"one of {', '.join(known)}" if 0 < len(known) <= _LISTED else ""
