"""Templates in the messages of distributions: which texts are templates, what they may read, and what then happens."""

from typing import Any

import pytest

from streams.domain.definitions import Definition, DefinitionError
from streams.domain.effects import Effect, MessageSuppressed, MessageTriggered
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.state import NEW_CUSTOMER
from tests.domain.writing import EVENTS, after, definition, event
from topology.templates.compiling import compile_template


def rules(message: object, **more: Any) -> Ruleset:
    """One distribution with this message, on a review."""
    body = {"trigger": {"event": "review"}, "message": message, **more}
    return compile_ruleset([definition("distribution", "d", body)], EVENTS, templates=compile_template)


def sent(message: object, *metadata: dict[str, Any], **more: Any) -> list[Effect]:
    """What becomes of reviews with these attributes, by a customer without a name."""
    reviews = (event("review", at=number, metadata=each) for number, each in enumerate(metadata))
    return after(NEW_CUSTOMER, rules(message, **more), *reviews)[1]


def filled(text: str, metadata: dict[str, Any]) -> Any:
    """What a text of a message becomes."""
    (effect,) = sent({"data": {"text": text}}, metadata)
    assert isinstance(effect, MessageTriggered)
    assert isinstance(effect.message["data"], dict)
    return effect.message["data"]["text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ event.metadata.rating }}", 5.0),
        ("{{ event.metadata.rating | plus: 0 }}", "5"),
        ("Dear {{ customer.name | default: 'friend' }}, {{ customer.id }}", "Dear friend, c-42"),
        ("{% if event.metadata.rating >= 4 %}Thanks!{% else %}Sorry.{% endif %}", "Thanks!"),
        ("{{ event.metadata.tags[0] }}", "a"),
        ("{{- event.metadata.tags.last -}} ", "b"),
        ("{% for tag in event.metadata.tags %}{{ tag | upcase }}{% endfor %}", "AB"),
        ("{{ event.occurred_at | date: '%Y' }}", "1970"),
        ("{{ event.metadata.text | upcase }}", "{{ CUSTOMER.ID | X }}{% BOOM %}"),
    ],
)
def test_texts(text: str, expected: object) -> None:
    """A path alone keeps its value; with a filter, an index or a tag a text becomes a text. Values are no templates."""
    metadata = {"rating": 5.0, "tags": ["a", "b"], "text": "{{ customer.id | x }}{% boom %}"}
    assert filled(text, metadata) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ custmer.name | upcase }}", '"custmer.name"'),
        ("{{ customer.nam | upcase }}", '"nam"'),
        ("{{ customer.metadata | json }}", '"metadata"'),
        ("{{ event.metadata.ratng | plus: 1 }}", '"ratng"'),
        ("{{ event.metadata | json }}", '"event.metadata"'),
        ("{{ event.metadata[customer.name] }}", '"event.metadata.[…]"'),
        ("{{ segment.id | upcase }}", '"segment.id"'),
        ("{{ now | upcase }}", '"now"'),
        ("{% for tag in event.metadata.tags %}{{ tga | upcase }}{% endfor %}", '"tga"'),
        ("{{ customer.name | upcas }}", '"{{ customer.name | upcas }}"'),
    ],
)
def test_refusals(text: str, found: str) -> None:
    """Unknown roots, fields and attributes are told, and so is what is no Liquid, at the place of the text."""
    with pytest.raises(DefinitionError) as refused:
        rules({"data": {"text": text}})
    (fault,) = refused.value.faults
    assert (fault.path, fault.found) == (("message", "data", "text"), found)


def test_a_failing_template_holds_back() -> None:
    """What cannot be filled in is not sent, says so and where, and uses up no limit."""
    message = {"data": {"share": "{{ 100 | divided_by: event.metadata.rating }}"}}
    failed, right, again = sent(message, {"rating": 0}, {"rating": 5}, {"rating": 4}, limits={"once": True})
    assert isinstance(failed, MessageSuppressed)
    assert (failed.reason, failed.until, failed.sequence) == ("template", None, 1)
    assert failed.detail == "data.share: divided_by: can't divide by 0"
    assert isinstance(right, MessageTriggered)
    assert right.message == {"data": {"share": "20"}}
    assert isinstance(again, MessageSuppressed)
    assert again.reason == "once"


def test_without_a_compiler_there_are_no_templates() -> None:
    """Who does not hand one in is told of texts that need it."""
    text: Any = {"trigger": {"event": "review"}, "message": {"text": "{{ event.id | upcase }}"}}
    with pytest.raises(DefinitionError):
        compile_ruleset([Definition("distribution", "d", 1, {"kind": "distribution", **text})], EVENTS)
