"""The page of all events for those who send them, in Markdown.

Decides order and layout: what every event has in common first, then each event with its attributes, an example and
programs that send it. Pure: the same definitions give the same page, so it can be kept under version control.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from schemas.attributes import Attribute, expectation
from schemas.catalog import Catalog, internal_names
from schemas.definitions import EventDefinition
from schemas.examples import conforms, example_event
from schemas.json_values import step
from topology.avro_snippet import avro_snippet
from topology.snippets import Destination, snippet

_PROGRAMS: Mapping[str, tuple[str, str]] = {
    "python": ("Python", "python"),
    "java": ("Java", "java"),
    "go": ("Go", "go"),
    "node": ("Node", "javascript"),
    "curl": ("curl, over HTTP", "sh"),
}
"""Title and fence of each language."""


def events_page(catalog: Catalog, to: Destination) -> str:
    """The whole page; ``to`` is where the programs on it send."""
    internal = internal_names()
    definitions = [each for name, each in sorted(catalog.definitions.items()) if name not in internal]
    parts = [_introduction(to), _contents(definitions), *(_event(each, to) for each in definitions)]
    parts += _internal(each for name, each in sorted(catalog.definitions.items()) if name in internal)
    return "\n\n".join(parts) + "\n"


def _introduction(to: Destination) -> str:
    return f"""\
# Events

Send each event as one record to the topic `{to.topic}`. The key is the customer's id in UTF-8, the partitioner that
of Java clients (murmur2). The value is JSON as below; an Avro record is taken as well, and
`tidemark schema show EVENT --wire` prints its schema.

| field | |
|---|---|
| `event` | required; the name below |
| `customer.source_id` | required; the customer's id, the same as the record's key |
| `id` | your idempotency key: the same id for the same customer counts once |
| `occurred_at` | when it happened, in RFC 3339; without it the record's timestamp |
| `source` | your system, so that you are found when something is wrong |
| `metadata` | the attributes of the event |

What does not conform goes to `rejected-events` with the reason; `tidemark validate FILE` tells the same beforehand.
Programs below send the example as it stands: put in your own `id` and `occurred_at`."""


def _contents(definitions: Iterable[EventDefinition]) -> str:
    rows = [
        _row(f"[{_cell(each.name)}](#{_anchor(each.name)})", _cell(each.doc or ""), _cell(each.owner or ""))
        for each in definitions
    ]
    return "\n".join(["| event | meaning | owner |", "|---|---|---|", *rows])


def _internal(definitions: Iterable[EventDefinition]) -> list[str]:
    """Internal events, with what a rule may ask of them and without programs: few of them are sent by hand."""
    rows = [
        _row(f"`{each.name}`", _cell(each.doc or ""), ", ".join(f"`{name}`" for name in each.attributes))
        for each in definitions
    ]
    if not rows:
        return []
    told = (
        "Those that Tidemark does not cause itself are sent like any other, and may carry further attributes."
    )
    return [
        "## Internal events",
        told,
        "\n".join(["| event | meaning | attributes |", "|---|---|---|", *rows]),
    ]


def _event(definition: EventDefinition, to: Destination) -> str:
    event = example_event(definition)
    parts = [f"## {definition.name}"]
    if definition.doc:
        parts.append(definition.doc)
    if definition.owner:
        parts.append(f"Owner: {definition.owner}.")
    parts += [_attributes(definition), _fenced("json", snippet("json", event, to))]
    if definition.example is None:
        parts.append("The example is made from the types; the definition carries none of its own.")
    parts += [
        _folded(title, _fenced(fence, snippet(language, event, to)))
        for language, (title, fence) in _PROGRAMS.items()
    ]
    if conforms(definition, event):  # what is made from the types may miss a pattern
        parts.append(_folded("Python, in Avro", _fenced("python", avro_snippet(definition, to))))
    return "\n\n".join(parts)


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _attributes(definition: EventDefinition) -> str:
    more = (
        "Further attributes are allowed." if definition.additional else "No further attributes are allowed."
    )
    rows = [
        _row(f"`{path}`", _cell(expectation(attribute)), _presence(attribute), _cell(attribute.doc or ""))
        for path, attribute in _flat(definition.attributes)
    ]
    if not rows:
        return f"It has no attributes. {more}" if definition.additional else "It has no attributes."
    return "\n".join(["| attribute | is | if missing | meaning |", "|---|---|---|---|", *rows, "", more])


def _flat(attributes: Mapping[str, Attribute], path: str = "") -> Iterator[tuple[str, Attribute]]:
    """Every attribute with its path, those inside objects and lists after what holds them."""
    for name, attribute in attributes.items():
        place = step(path, name)
        yield place, attribute
        yield from _flat(attribute.attributes, place)
        if attribute.items is not None:
            yield from _flat(attribute.items.attributes, f"{place}[]")


def _presence(attribute: Attribute) -> str:
    """What happens to an event without the attribute."""
    if attribute.mandatory:
        return "**rejected**"
    return f"`{_cell(json.dumps(attribute.default, ensure_ascii=False))}`"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}```"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Text that cannot end the cell or the row that it stands in."""
    return text.replace("|", "\\|").replace("\n", " ")


def _anchor(name: str) -> str:
    """The anchor that GitHub gives a heading."""
    kept = "".join(letter for letter in name.lower() if letter.isalnum() or letter in "-_ ")
    return kept.replace(" ", "-")
