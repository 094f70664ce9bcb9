"""How an attribute is described to a person."""

import pytest

from schemas.attributes import Attribute, Limits, expectation

WORDS = [
    (Attribute("text"), "text"),
    (
        Attribute("text", limits=Limits(max_length=9, pattern="^a")),
        "text of at most 9 characters matching ^a",
    ),
    (Attribute("number"), "number"),
    (Attribute("number", bits=64, limits=Limits(minimum=1, maximum=5)), "whole number from 1 to 5"),
    (Attribute("number", limits=Limits(minimum=0.5)), "number of at least 0.5"),
    (Attribute("boolean", nullable=True), "true or false, or null"),
    (Attribute("one_of", symbols=("a", "b")), "one of a, b"),
    (
        Attribute("list", items=Attribute("text"), limits=Limits(min_length=1)),
        "list of text of at least 1 items",
    ),
    (Attribute("object", attributes={"a": Attribute("text"), "b": Attribute("text")}), "object of a, b"),
    (Attribute("object", additional=True), "object"),
]


@pytest.mark.parametrize(("attribute", "words"), WORDS)
def test_an_expectation_in_words(attribute: Attribute, words: str) -> None:
    """Type and limits in one phrase."""
    assert expectation(attribute) == words
