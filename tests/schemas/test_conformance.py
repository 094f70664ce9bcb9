"""Objects and lists: members, defaults, additional ones, and the places of faults."""

from typing import Any

from schemas.attributes import Attribute, Limits
from schemas.conformance import compile_attribute, compile_members
from schemas.rejections import MOST_FAULTS, Fault

AGE = Attribute("number", bits=64, limits=Limits(minimum=0))
GUEST = Attribute("object", attributes={"age": AGE, "name": Attribute("text", mandatory=False, default="?")})
STAY = Attribute(
    "object",
    attributes={
        "guests": Attribute("list", items=GUEST),
        "nights": Attribute("number", mandatory=False, default=1),
    },
)
OPEN = Attribute("object", attributes={"age": AGE}, additional=True)


def checked(attribute: Attribute, value: Any, path: str = "m") -> tuple[Any, list[Fault]]:
    """The normal form and the faults."""
    faults: list[Fault] = []
    return compile_attribute(attribute, path)(value, faults), faults


def test_members_take_their_normal_form() -> None:
    """Defaults are filled in at every depth."""
    normal, faults = checked(STAY, {"guests": [{"age": 5}, {"age": 6, "name": "Jo"}]})
    assert not faults
    assert normal == {"guests": [{"age": 5, "name": "?"}, {"age": 6, "name": "Jo"}], "nights": 1}


def test_what_was_sent_stays_as_it_was() -> None:
    """The normal form is a new object."""
    sent = {"guests": [{"age": 5}]}
    checked(STAY, sent)
    assert sent == {"guests": [{"age": 5}]}


def test_every_fault_has_its_place() -> None:
    """Indexes for items, dots for members, from the top down."""
    _, faults = checked(STAY, {"guests": [{"age": -1, "nam": 1}, 5, {}], "nights": "x"})
    assert [(fault.reason, fault.path) for fault in faults] == [
        ("out_of_limits", "m.guests[0].age"),
        ("unknown_attribute", "m.guests[0].nam"),
        ("wrong_type", "m.guests[1]"),
        ("missing_attribute", "m.guests[2].age"),
        ("wrong_type", "m.nights"),
    ]


def test_lists_in_lists() -> None:
    """Both indexes stand in the path."""
    nested = Attribute("list", items=Attribute("list", items=AGE))
    _, faults = checked(nested, [[1], [2, -3]])
    assert [fault.path for fault in faults] == ["m[1][1]"]


def test_unknown_members_get_a_hint() -> None:
    """The nearest name, or all names while they are few."""
    _, faults = checked(GUEST, {"age": 1, "aeg": 2, "xxx": 3})
    assert [(fault.path, fault.expected) for fault in faults] == [
        ("m.aeg", "no attribute of this name; did you mean age?"),
        ("m.xxx", "no attribute of this name; one of age, name"),
    ]


def test_an_open_object_keeps_more() -> None:
    """Additional members are kept as they are; defined ones are checked all the same."""
    assert checked(OPEN, {"age": 1, "x": {"y": [None]}}) == ({"age": 1, "x": {"y": [None]}}, [])
    assert checked(OPEN, {"age": -1, "x": 1})[1][0].path == "m.age"


def test_null_is_a_value_only_where_it_may_stand() -> None:
    """A nullable attribute takes null, another does not."""
    nullable = Attribute("number", nullable=True)
    assert checked(nullable, None) == (None, [])
    _, faults = checked(Attribute("number"), None)
    assert faults == [Fault("wrong_type", "m", "number", "null")]
    _, faults = checked(nullable, "x")
    assert faults == [Fault("wrong_type", "m", "number, or null", 'text "x"')]


def test_an_object_must_be_one() -> None:
    """Anything else is told with the names of its members."""
    assert checked(GUEST, [1])[1] == [Fault("wrong_type", "m", "object of age, name", "list [1]")]


def test_the_search_for_faults_ends() -> None:
    """Thousands of unknown members or bad items give as many faults as anybody reads."""
    _, faults = checked(GUEST, {"age": 1, **{f"x{n}": n for n in range(1000)}})
    assert len(faults) == MOST_FAULTS
    _, faults = checked(Attribute("list", items=AGE), [-1] * 1000)
    assert len(faults) == MOST_FAULTS


def test_members_are_compiled_without_the_null_of_the_whole() -> None:
    """The attributes of an event are an object, never null."""
    faults: list[Fault] = []
    compile_members(OPEN, "metadata")(None, faults)
    assert faults == [Fault("wrong_type", "metadata", "object of age", "null")]
