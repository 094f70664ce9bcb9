from typing import Any

import pytest

from streams.domain.definitions import Definition, DefinitionError
from streams.domain.facts import Facts
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant
from streams.domain.ruleset import compile_ruleset
from streams.domain.segments import Segment

IS_TRUE = {"conditions": {"$is": [True]}}
IS_UNKNOWN = {"conditions": {"$is_unknown": [True]}}


def test_two_hundred_conditions_are_decided() -> None:
    """A filter may have 200 conditions, in one group or in many, and each of them counts."""
    keys = [f"k{number}" for number in range(200)]
    one = _segment({"junction": "or", **{f"metadata.{key}": IS_TRUE for key in keys}})
    pairs = [{f"metadata.{key}": IS_TRUE, f"metadata.{key}x": IS_UNKNOWN} for key in keys[:100]]
    many = _segment({"groups": pairs})
    assert [one.holds(_facts(dict.fromkeys(given, True))) for given in ([], ["k0"], ["k199"])] == [
        False,
        True,
        True,
    ]
    everything = dict.fromkeys(keys, True)
    assert many.holds(_facts(everything))
    assert not many.holds(_facts(everything | {"k99x": True}))


@pytest.mark.parametrize("groups", [1, 3])
def test_more_than_two_hundred_conditions_are_refused(groups: int) -> None:
    """The 201st condition is one too many, wherever it stands; the whole filter is the place."""
    keys = [f"metadata.k{number}" for number in range(201)]
    body = {"groups": [dict.fromkeys(keys[part::groups], IS_TRUE) for part in range(groups)]}
    with pytest.raises(DefinitionError) as refused:
        _segment(body)
    assert [(fault.path, fault.found) for fault in refused.value.faults] == [(("filter",), "201")]


def _segment(body: dict[str, Any]) -> Segment:
    ruleset = compile_ruleset([Definition("segment", "many", 1, {"filter": body})], {})
    (segment,) = ruleset.segments.values()
    return segment


def _facts(metadata: dict[str, Any]) -> Facts:
    return Facts(CustomerId("c-42"), {}, {"metadata": metadata}, {}, Instant(0), None)
