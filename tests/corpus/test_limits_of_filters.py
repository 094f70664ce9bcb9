from typing import Any

import pytest

from streams.domain.definitions import Definition, DefinitionError
from streams.domain.facts import Facts
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant
from streams.domain.ruleset import compile_ruleset
from streams.domain.segments import Segment


def test_two_hundred_conditions_are_decided() -> None:
    """A filter may have 200 conditions, in one group or in many, and each of them counts."""
    *others, last = [f"metadata.k{number}" for number in range(200)]
    wide = {"junction": "or", **dict.fromkeys(others, _is(False)), last: _is(True)}
    many = {"groups": [{key: _is(True), f"{key}x": {"conditions": {"$is_unknown": [True]}}} for key in others[:100]]}
    everything = {key.removeprefix("metadata."): True for key in [*others, last]}
    assert _segment(wide).holds(_facts(everything))
    assert not _segment(wide).holds(_facts(everything | {"k199": False, **dict.fromkeys(["k1"], True)}))
    assert _segment(many).holds(_facts(everything))
    assert not _segment(many).holds(_facts(everything | {"k99x": 1}))


@pytest.mark.parametrize("groups", [1, 3])
def test_more_than_two_hundred_conditions_are_refused(groups: int) -> None:
    """The 201st condition is one too many, wherever it stands; the whole filter is the place."""
    keys = [f"metadata.k{number}" for number in range(201)]
    body = {"groups": [dict.fromkeys(keys[part::groups], _is(True)) for part in range(groups)]}
    with pytest.raises(DefinitionError) as refused:
        _segment(body)
    assert [(fault.path, fault.found) for fault in refused.value.faults] == [(("filter",), "201")]


def _is(value: bool) -> dict[str, Any]:  # noqa: FBT001  # what the condition asks for
    return {"conditions": {"$is": [value]}}


def _segment(body: dict[str, Any]) -> Segment:
    ruleset = compile_ruleset([Definition("segment", "many", 1, {"filter": body})], {})
    (segment,) = ruleset.segments.values()
    return segment


def _facts(metadata: dict[str, Any]) -> Facts:
    return Facts(CustomerId("c-42"), {}, {"metadata": metadata}, {}, Instant(0), None)
