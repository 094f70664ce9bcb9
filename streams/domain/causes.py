"""On which causes of a change a distribution or an earning rule acts: ``on`` of its limits.

A backfill or a change of definitions comes about by those who define, not by the customer: it sets off nothing that
does not ask for it.
"""

from collections.abc import Mapping
from typing import Final, cast, get_args

from streams.domain.effects import Cause
from streams.domain.faults import Place

ON_BY_DEFAULT: Final[frozenset[Cause]] = frozenset({"event", "time", "profile"})

_CAUSES: Final[tuple[str, ...]] = get_args(Cause)


def causes_at(place: Place, limits: Mapping[str, object]) -> frozenset[Cause]:
    """Read ``on`` of a ``limits`` mapping at a place, noting faults."""
    body, here = limits.get("on", ON_BY_DEFAULT), place.at("on")
    if body is ON_BY_DEFAULT:
        return ON_BY_DEFAULT
    if not isinstance(body, (list, tuple)) or not body:
        here.fault("a list of causes", body)
        return ON_BY_DEFAULT
    chosen = (here.at(index).choice(cause, _CAUSES) for index, cause in enumerate(body))
    return frozenset(cast("Cause", cause) for cause in chosen if cause is not None)
