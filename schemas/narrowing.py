"""What a later definition no longer accepts, although Avro could read it.

Avro knows types and defaults; limits, image URLs, dates, mandatory attributes in JSON and attributes beyond the defined
ones are this project's own, and so are the rules here. Wider is never a fault: whoever sends what was allowed goes on.
"""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from schemas.attributes import Attribute, AttributeType, Limits
from schemas.avro_resolution import Unreadable
from schemas.json_values import step

_WIDER: Mapping[AttributeType, AttributeType] = {"image_url": "text", "geopoint": "object"}
"""Types that may become another one: all that was allowed still is."""


def narrowed(
    old: Attribute, new: Attribute, judged: Container[str] = (), path: str = ""
) -> Iterator[Unreadable]:
    """Every way in which ``new`` refuses what ``old`` allowed, with the attribute and the reason.

    ``judged`` are the attributes whose types Avro has refused already: of those nothing is said twice.
    """
    if old.type != new.type:
        if _WIDER.get(old.type) != new.type and path not in judged:
            yield Unreadable(path, f"it was {_named(old.type)} and is {_named(new.type)} now")
        return
    if new.mandatory and not old.mandatory:
        yield Unreadable(path, "it was optional and is mandatory now")
    yield from _limits(old.limits, new.limits, path)
    missing = [symbol for symbol in old.symbols if symbol not in new.symbols]
    if missing and path not in judged:
        yield Unreadable(path, f"{', '.join(missing)} was allowed and no longer is")
    if old.additional and not new.additional:
        yield Unreadable(path, "additional attributes were allowed and no longer are")
    if old.items is not None and new.items is not None:
        yield from narrowed(old.items, new.items, judged, f"{path}[]")
    yield from _members(old, new, judged, path)


def _members(old: Attribute, new: Attribute, judged: Container[str], path: str) -> Iterator[Unreadable]:
    for name, member in old.attributes.items():
        if name in new.attributes:
            yield from narrowed(member, new.attributes[name], judged, step(path, name))
        elif not new.additional:
            yield Unreadable(step(path, name), "it is gone, so that an event in JSON that has it is rejected")


def _limits(old: Limits, new: Limits, path: str) -> Iterator[Unreadable]:
    lower = (("min", old.minimum, new.minimum), ("minLength", old.min_length or None, new.min_length or None))
    upper = (("max", old.maximum, new.maximum), ("maxLength", old.max_length, new.max_length))
    for name, before, after in lower:
        if after is not None and (before is None or after > before):
            yield _changed(path, name, before, after)
    for name, before, after in upper:
        if after is not None and (before is None or after < before):
            yield _changed(path, name, before, after)
    if new.pattern is not None and new.pattern != old.pattern:
        yield _changed(path, "pattern", old.pattern, new.pattern)


def _changed(path: str, name: str, before: Any, after: Any) -> Unreadable:
    was = "there was none" if before is None else f"it was {before}"
    return Unreadable(path, f"{name} is {after}, and {was}")


def _named(kind: AttributeType) -> str:
    return kind.replace("_", " ")
