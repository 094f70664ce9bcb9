"""A plan as a person reads it, and as a program does.

Decides wording and order only. Signs: ``+`` created, ``~`` changed, ``-`` deleted.
"""

from collections import Counter
from collections.abc import Mapping

import msgspec

from topology.definitions.differences import ABSENT
from topology.definitions.faults import show_path
from topology.definitions.plan import Change, Plan

_SIGNS = {"create": "+", "update": "~", "delete": "-"}
_LONGEST = 60


def plan_text(plan: Plan) -> str:
    """The plan as text, ending in a summary line."""
    if not plan.differs:
        live = "1 definition is" if len(plan.changes) == 1 else f"{len(plan.changes)} definitions are"
        return f"Nothing to do: {live} live as written, every topic is there."
    lines = ["Applying will make these changes:", ""]
    lines += [
        f"  + topic {spec.name:<36} {_count(spec.partitions, 'partition')}, {spec.cleanup}"
        for spec in plan.topics.create
    ]
    for change in plan.effective:
        lines += _change_lines(change)
    lines += [
        f"  ~ list of {each.segment:<34} {len(each.added):,} to add, {len(each.removed):,} to remove"
        for each in plan.lists
    ]
    return "\n".join([*lines, "", _summary(plan), *_refusal(plan)])


def plan_json(plan: Plan, preview: Mapping[str, object] | None = None) -> str:
    """The plan as one JSON document, with a preview if there is one."""
    document = {
        "topics": [
            {
                "action": "create",
                "name": spec.name,
                "partitions": spec.partitions,
                "config": dict(spec.config),
            }
            for spec in plan.topics.create
        ],
        "definitions": [
            {
                "action": change.action,
                "kind": change.kind,
                "id": change.id,
                "version": change.version,
                "differences": [
                    {"path": list(path)}
                    | ({} if old is ABSENT else {"old": old})
                    | ({} if new is ABSENT else {"new": new})
                    for path, old, new in change.differences
                ],
            }
            for change in plan.changes
        ],
        "lists": [
            {"segment_id": each.segment, "added": len(each.added), "removed": len(each.removed)}
            for each in plan.lists
        ],
        "incompatible": [each._asdict() for each in plan.incompatible],
    } | ({} if preview is None else {"preview": preview})
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _change_lines(change: Change) -> list[str]:
    version = f"version {change.version}"
    if change.action == "update":
        version = f"version {change.version - 1} -> {change.version}"
    head = f"  {_SIGNS[change.action]} {change.key:<42} {version}"
    return [
        head,
        *(
            f"      {show_path(each.path)}: {_shown(each.old)} -> {_shown(each.new)}"
            for each in change.differences
        ),
    ]


def _summary(plan: Plan) -> str:
    counts = Counter(change.action for change in plan.changes)
    definitions = (
        f"{counts['create']} to create, {counts['update']} to change, {counts['delete']} to delete, "
        f"{counts['unchanged']} unchanged"
    )
    topics = f"; {_count(len(plan.topics.create), 'topic')} to create" if plan.topics.create else ""
    return f"Definitions: {definitions}{topics}."


def _refusal(plan: Plan) -> list[str]:
    if not plan.incompatible:
        return []
    lines = [f"  event/{each}" for each in plan.incompatible]
    return [
        "",
        "Refused, for it would break those who send or read these events:",
        *lines,
        "Keep what is there and add beside it, or name a weaker compatibility (see --compatibility).",
    ]


def _shown(value: object) -> str:
    if value is ABSENT:
        return "(none)"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
