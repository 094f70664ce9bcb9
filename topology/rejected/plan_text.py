"""A replay's plan as text: what would be sent, what is left and why, each with the first few by name."""

from collections.abc import Iterator, Mapping

from schemas.instants import format_instant
from topology.printable import printable
from topology.rejected.plan import Plan, Planned

_SHOWN = 20


def plan_text(plan: Plan) -> str:
    """The plan, a line for each event up to a few, and what there is beyond."""
    return printable("\n".join(_lines(plan)))


def _lines(plan: Plan) -> Iterator[str]:
    if not plan.found:
        yield "No rejected events match."
    if plan.replayed:
        yield f"Replayed before, and not sent again: {len(plan.replayed):,}."
        for identity, mark in list(plan.replayed.items())[:_SHOWN]:
            yield f"  {identity.rpartition('@')[0]} at {mark.replayed_at}"
        yield from _more(plan.replayed)
    yield from _objected("Cannot be sent", plan.impossible)
    yield from _objected("Would be rejected again, and are left (--anyway sends them)", plan.refused)
    if plan.send:
        yield f"To be sent to custom-events: {len(plan.send):,}."
        for each in list(plan.send.values())[:_SHOWN]:
            yield f"  {each.id}: {_becomes(each)}"
        yield from _more(plan.send)


def _becomes(each: Planned) -> str:
    name = (each.event or "an event without a name").replace("\n", " ")
    named = f"{name} of {each.customer or 'an unknown customer'}"
    if each.counts_at is not None:
        return f"{named}, counts at {format_instant(each.counts_at)}"
    return f"{named}, would be rejected again: {'; '.join(each.objections)}"


def _objected(title: str, events: Mapping[str, Planned]) -> Iterator[str]:
    if events:
        yield f"{title}: {len(events):,}."
        for each in list(events.values())[:_SHOWN]:
            yield f"  {each.id}:"
            yield from (f"    {objection}" for objection in each.objections)
        yield from _more(events)


def _more(events: Mapping[str, object]) -> Iterator[str]:
    if len(events) > _SHOWN:
        yield f"  … and {len(events) - _SHOWN:,} more"
