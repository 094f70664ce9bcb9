"""What applying a directory would change: the difference between what is written and what is live.

Pure: a plan is computed from values and carried out by ``publish``, so what is shown is what is done.
Decides versions: a definition begins at 1 and grows by 1 whenever its body changes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from schemas.compatibility import Incompatibility
from topology.definitions.check import CheckedDefinitions
from topology.definitions.customer_lists import list_differences
from topology.definitions.differences import Difference, differences
from topology.definitions.list_changes import ListChange
from topology.definitions.published import EVENT_KIND, LiveDefinitions, PublishedDefinition
from topology.topics import TopicPlan

MOST_EARLIER = 100
"""Past versions of an event that are kept: its record must fit on the topic."""

Action = Literal["create", "update", "delete", "unchanged"]


class Change(NamedTuple):
    """What happens to one definition."""

    action: Action
    kind: str
    id: str
    version: int
    """After the change; for a deletion the version that goes."""
    body: Mapping[str, object] | None
    """After the change; ``None`` for a deletion."""
    differences: tuple[Difference, ...]
    """What an update changes in the body."""
    earlier: tuple[dict[str, object], ...] = ()
    """Of an event: the bodies that go on being understood, oldest first."""

    @property
    def key(self) -> str:
        """The record's key on the definitions topic."""
        return f"{self.kind}/{self.id}"


class Plan(NamedTuple):
    """Everything that applying would do, and on what it rests."""

    changes: tuple[Change, ...]
    """By kind and id, the unchanged ones included."""
    topics: TopicPlan
    live: LiveDefinitions
    """What was live when the plan was made; carrying it out on anything else is refused."""
    incompatible: tuple[Incompatibility, ...] = ()
    """What its event definitions would break; a plan with any is not to be carried out."""
    lists: tuple[ListChange, ...] = ()
    """Who would be put on lists that are told one by one, and taken off."""

    @property
    def effective(self) -> tuple[Change, ...]:
        """The changes that change something."""
        return tuple(change for change in self.changes if change.action != "unchanged")

    @property
    def differs(self) -> bool:
        """Whether applying would do anything."""
        return bool(self.effective or self.topics.create or self.lists)


def make_plan(checked: CheckedDefinitions, live: LiveDefinitions, topics: TopicPlan) -> Plan:
    """Compare a directory with what is live."""
    written = {f"{kind}/{name}": (kind, name, body) for kind, name, body in _bodies(checked)}
    changes = [
        _change(kind, name, body, live.published.get(key)) for key, (kind, name, body) in written.items()
    ]
    changes += [_deletion(held) for key, held in live.published.items() if key not in written]
    return Plan(tuple(sorted(changes, key=_order)), topics, live)


def _bodies(checked: CheckedDefinitions) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for each in checked.definitions:
        yield each.kind, each.id, each.body
    for name, document in checked.events.items():
        yield EVENT_KIND, name, document


def _change(kind: str, name: str, body: Mapping[str, object], held: PublishedDefinition | None) -> Change:
    if held is None:
        return Change("create", kind, name, 1, body, ())
    if _canonical(body) == _canonical(held.body):
        return Change("unchanged", kind, name, held.version, body, ())
    earlier = _earlier(body, held) if kind == EVENT_KIND else ()
    return Change("update", kind, name, held.version + 1, body, _differences(kind, held.body, body), earlier)


def _differences(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    """A list of customers is a set: who came and who went says more than which place of it holds whom."""
    if kind != "segment" or not isinstance(old.get("customers"), list) or "customers" not in new:
        return tuple(differences(old, new))
    listed = tuple(list_differences(old["customers"], new["customers"]))
    before, after = ({key: each for key, each in body.items() if key != "customers"} for body in (old, new))
    return (*listed, *differences(before, after))


def _earlier(body: Mapping[str, object], held: PublishedDefinition) -> tuple[dict[str, object], ...]:
    """Each past version once, and none that is the present one again."""
    past = {_canonical(each): each for each in (*held.earlier, held.body)}
    past.pop(_canonical(body), None)
    return tuple(past.values())[-MOST_EARLIER:]


def _deletion(held: PublishedDefinition) -> Change:
    return Change("delete", held.kind, held.id, held.version, None, ())


def _canonical(body: Mapping[str, Any]) -> bytes:
    """Text, not values: to Python ``1``, ``1.0`` and ``True`` are equal. The order of keys means nothing."""
    return msgspec.json.encode(body, order="deterministic")


def _order(change: Change) -> tuple[bool, str, str]:
    """Event definitions first: the others refer to them."""
    return change.kind != EVENT_KIND, change.kind, change.id
