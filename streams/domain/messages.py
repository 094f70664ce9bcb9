"""Messages: any JSON whose texts may hold placeholders such as ``{{event.metadata.rating}}``.

Decides which paths a placeholder may name and what it becomes. A text that is one placeholder and nothing else keeps
the value as it is, null when there is none; inside a longer text a missing value leaves nothing. A text with filters or
tags is a template, which others compile; it reads the same paths, becomes a text, and may fail when it is filled in.
Channel and template are passed on, never interpreted.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.domain.definitions import EventShape
from streams.domain.events import JsonValue
from streams.domain.facts import Facts
from streams.domain.faults import Place, nearest
from streams.domain.instants import format_instant
from streams.domain.profiles import look_up, profile_path
from streams.domain.segments import Segment
from streams.domain.templates import (
    CompileTemplate,
    Step,
    TemplateFailedError,
    TemplateRefusedError,
    gathered,
    no_templates,
)

Render = Callable[[Facts, Segment | None], JsonValue]
"""A value filled in from the customer, the event in the facts, and the segment entered or left."""

Message = Callable[[Facts, Segment | None], dict[str, JsonValue]]
"""A message filled in likewise; raises ``TemplateFailedError``."""

_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_MORE_THAN_A_PATH = re.compile(r"[|\[]|^-|-$")
"""Of a placeholder: a filter, an index, or white space that is to be taken away."""

_UNNAMED = "[…]"
_LONGEST_DETAIL = 200
"""Stands for a step of a path that only the values tell."""

_EVENT: Mapping[str, Render] = {
    "id": lambda facts, _: facts.event.id if facts.event else None,
    "name": lambda facts, _: facts.event.name if facts.event else None,
    "occurred_at": lambda facts, _: format_instant(facts.event.occurred_at) if facts.event else None,
}
_SEGMENT: Mapping[str, Render] = {
    "id": lambda _, segment: segment.id if segment else None,
    "name": lambda _, segment: segment.name if segment else None,
    "version": lambda _, segment: segment.version if segment else None,
}


class Scope(NamedTuple):
    """What the trigger puts at a message's disposal, beside the customer."""

    event: EventShape | None
    segment: bool
    templates: CompileTemplate = no_templates


def compile_message(place: Place, body: object, scope: Scope) -> Message | None:
    """Compile a message into what fills its placeholders, or none after noting every fault."""
    written = place.mapping(body)
    if written is None:
        return None
    members = {key: _render(place.at(key), inner, scope) for key, inner in written.items()}
    sound = {key: render for key, render in members.items() if render is not None}
    return lambda facts, segment: {key: render(facts, segment) for key, render in sound.items()}


def _render(place: Place, body: object, scope: Scope) -> Render | None:
    if isinstance(body, str):
        return _text(place, body, scope)
    if isinstance(body, Mapping):
        return compile_message(place, body, scope)
    if isinstance(body, (list, tuple)):
        elements = [_render(place.at(index), inner, scope) for index, inner in enumerate(body)]
        renders = [render for render in elements if render is not None]
        return lambda facts, segment: [render(facts, segment) for render in renders]
    if body is None or isinstance(body, (bool, int, float)):
        constant = body
        return lambda _facts, _segment: constant
    place.fault("JSON", body)
    return None


def _text(place: Place, text: str, scope: Scope) -> Render | None:
    pieces = _PLACEHOLDER.split(text)
    if "{%" in text or any(_MORE_THAN_A_PATH.search(path) for path in pieces[1::2]):
        return _template(place, text, scope)
    if len(pieces) == 1:
        return lambda _facts, _segment: text
    # Every second piece is a placeholder's path; the others are the text between.
    values = [_value(place, path, scope) for path in pieces[1::2]]
    renders = [value for value in values if value is not None]
    if len(renders) != len(values):
        return None
    between = pieces[::2]
    if len(renders) == 1 and between == ["", ""]:
        return renders[0]

    def filled(facts: Facts, segment: Segment | None) -> JsonValue:
        written = (
            _written(render(facts, segment)) + after
            for render, after in zip(renders, between[1:], strict=True)
        )
        return between[0] + "".join(written)

    return filled


def _template(place: Place, text: str, scope: Scope) -> Render | None:
    try:
        template = scope.templates(text)
    except TemplateRefusedError as refused:
        place.fault("a Liquid template", text, str(refused))
        return None
    name = ".".join(map(str, place.path[1:]))  # within the message
    # A template gets what it reads and no more.
    known = list(dict.fromkeys(map(_known, template.reads)))
    unnamed = next((path for path in known if _UNNAMED in path), None)
    if unnamed is not None:
        place.fault("fields and attributes by their names", ".".join(unnamed))
        return None
    values = [_value(place, ".".join(path), scope) for path in known]
    reads = [(path, value) for path, value in zip(known, values, strict=True) if value is not None]
    if len(reads) < len(values):
        return None

    def filled(facts: Facts, segment: Segment | None) -> JsonValue:
        given: dict[str, object] = {}
        for path, value in reads:
            gathered(given, path, value(facts, segment))
        try:
            return template.fill(given)
        except TemplateFailedError as failed:
            raise TemplateFailedError(f"{name}: {str(failed)[:_LONGEST_DETAIL]}") from failed

    return filled


def _known(path: tuple[Step, ...]) -> tuple[str, ...]:
    """As much of a path as names a field of a customer, an event or a segment; an attribute is read as a whole."""
    length = 3 if path[1:2] in {("metadata",), ("address",)} else 2
    return tuple(_UNNAMED if step is None else str(step) for step in path[:length])


def _value(place: Place, path: str, scope: Scope) -> Render | None:
    root, _, rest = path.partition(".")
    if root == "customer":
        return _customer(place, rest)
    if root == "event" and scope.event is not None:
        return _event(place, rest, scope.event)
    if root == "segment" and scope.segment:
        return _field(place, "segment", rest, _SEGMENT)
    roots = ["customer.<field>"]
    roots += ["event.<field>"] if scope.event is not None else []
    roots += ["segment.<field>"] if scope.segment else []
    absent = (
        f"this trigger has no {root}"
        if root in {"event", "segment"}
        else nearest(root, ("customer", "event", "segment"))
    )
    place.fault(" or ".join(roots), path, absent)
    return None


def _customer(place: Place, rest: str) -> Render | None:
    field = profile_path(place, "source_id" if rest == "id" else rest)
    if field is None:
        return None
    look = look_up(field[0])
    return lambda facts, _segment: look(facts)


def _event(place: Place, rest: str, shape: EventShape) -> Render | None:
    head, _, attribute = rest.partition(".")
    if head != "metadata" or not attribute:
        return _field(place, "event", rest, {**_EVENT})
    keys = tuple(attribute.split("."))
    if keys[0] not in shape.attributes and not shape.additional:
        place.unknown("attribute of the event", attribute, shape.attributes)
        return None
    return lambda facts, _segment: _inside(facts.event.metadata if facts.event else None, keys)


def _field(place: Place, root: str, rest: str, fields: Mapping[str, Render]) -> Render | None:
    if rest in fields:
        return fields[rest]
    known = [*fields, "metadata.<attribute>"] if root == "event" else [*fields]
    place.fault(" or ".join(f"{root}.{field}" for field in known), f"{root}.{rest}", nearest(rest, known))
    return None


def _inside(value: object, keys: tuple[str, ...]) -> JsonValue:
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value  # type: ignore[return-value]  # JSON all the way down


def _written(value: JsonValue) -> str:
    """A value inside a text: whole numbers without a point, lists and mappings as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
