from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.domain.definitions import DefinitionError
from streams.domain.expression_text import write_expression
from streams.domain.expressions import parse_expression
from streams.domain.facts import Facts
from streams.domain.faults import Place
from streams.domain.filters import compile_filter
from tests.laws.filters import VOCABULARY, bodies, customers

WORDS = st.sampled_from(
    [
        *(
            "count",
            "last",
            "visit",
            "within",
            "P30D",
            "and",
            "or",
            "not",
            "in",
            "calendar",
            "between",
            "email",
        ),
        *(
            "(",
            ")",
            ",",
            "=",
            ">",
            "{",
            "}",
            ":",
            "'",
            "\n",
            '"UTC"',
            "1",
            "-2.5",
            "true",
            "`a b`",
            "has_value",
        ),
    ]
)


def decides(body: Any, facts: Facts) -> bool:
    """What the compiled filter answers."""
    place = Place("segment", "s", (), [])
    compiled = compile_filter(place, body, VOCABULARY)
    assert compiled is not None, place.noted
    return compiled.holds(facts)


@settings(max_examples=200, deadline=None)
@given(bodies(), st.lists(customers(), min_size=5, max_size=5))
def test_a_filter_and_its_expression_decide_the_same(body: dict[str, Any], several: list[Facts]) -> None:
    """Whatever a filter says in its JSON form, the expression written of it says of every customer."""
    text = write_expression(body)
    for facts in several:
        assert decides(text, facts) is decides(parse_expression(text), facts) is decides(body, facts)


@settings(max_examples=200, deadline=None)
@given(bodies())
def test_the_canonical_text_stays(body: dict[str, Any]) -> None:
    """Reading a canonical text and writing it again changes nothing, nor does reading what was read."""
    text = write_expression(body)
    read = parse_expression(text)
    assert write_expression(read) == write_expression(text) == text
    assert parse_expression(write_expression(read)) == read


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
@example("`" * 7)
@example('"\\')
@example("a = \u0663")
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    """No text whatsoever makes the reader stumble: it is refused, or read as something that can be written."""
    try:
        body = parse_expression(text)
    except DefinitionError:
        return
    assert write_expression(parse_expression(write_expression(body))) == write_expression(body)
