"""``tidemark rejected``: what was rejected, why, and sending it again.

Decides what is said and the exit codes: 1 when something that was asked for is not done or not there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from schemas.rejections import REASONS
from topology.parameters import INSTANT

if TYPE_CHECKING:
    from schemas.catalog import Catalog
    from topology.rejected.rejected_event import RejectedEvent
    from topology.rejected.replay import Judge
    from topology.rejected.selection import Selection
    from topology.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])

_FILTERS = (
    click.option("--event", help="The event's name."),
    click.option("--reason", type=click.Choice(sorted(REASONS)), help="Code of the first fault."),
    click.option("--source", help="The system that sent it."),
    click.option("--customer", help="The customer's id."),
    click.option("--since", type=INSTANT, help="Rejected then or later."),
    click.option("--until", type=INSTANT, help="Rejected before."),
)


def _filtered(command: _Command) -> _Command:
    """Let a command be asked for some of the rejected events."""
    return functools.reduce(lambda made, option: option(made), reversed(_FILTERS), command)


@click.group(short_help="List, show and replay what was rejected.")
def rejected() -> None:
    """List, show and replay what was rejected.

    An event that does not conform stands on rejected-events for 30 days, with everything it came with.

    \b
      tidemark rejected list --event purchase --since 2026-11-23
      tidemark rejected show custom-events-2-4711
      tidemark rejected replay --event purchase --reason unknown_attribute
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it


@rejected.command(name="list")
@_filtered
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with the original in base64.")
def list_(*, as_json: bool, **filters: Any) -> None:
    """List what was rejected, and whether it was replayed.

    \b
    Examples:
      tidemark rejected list
      tidemark rejected list --source shop --json | jq -r .value | base64 -d
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.rejected.listing import listed_json, row_of, rows_text, selected
    from topology.rejected.reading import read_marks, read_rejected
    from topology.rejected.selection import Selection
    from topology.settings import Settings

    settings, selection = Settings.from_environment(), Selection(**filters)
    found = selected(read_rejected(settings, selection.since), selection, read_marks(settings))
    if as_json:
        for event, mark in found:
            click.echo(listed_json(event, mark))
    else:
        click.echo(rows_text(row_of(event, mark) for event, mark in found))


@rejected.command()
@click.argument("id_", metavar="ID")
@click.option("--raw", is_flag=True, help="Only the original value, byte for byte: to edit and replay it.")
def show(id_: str, *, raw: bool) -> None:
    """Show all of one rejected event, the original readable, and what the live definitions say to it now.

    ID is topic, partition and offset of where it was received, as `rejected list` has it.

    \b
    Examples:
      tidemark rejected show custom-events-2-4711
      tidemark rejected show custom-events-2-4711 --raw > event.json
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.rejected.reading import read_marks
    from topology.rejected.showing import shown_event
    from topology.settings import Settings

    settings = Settings.from_environment()
    event = _found(settings, id_)
    if raw:
        click.get_binary_stream("stdout").write(event.value or b"")
        return
    catalog = _live_catalog(settings)
    replay = _judge(settings, catalog, None).judge(event)
    click.echo(shown_event(event, read_marks(settings).of(event), replay, catalog))


@rejected.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@_filtered
@click.option("--value", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Send what this file holds in the place of the original value; for one ID.")  # fmt: skip
@click.option("--edit", is_flag=True, help="Edit the value before it is sent, in $EDITOR; for one ID.")
@click.option("--anyway", is_flag=True, help="Send also what would be rejected again.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def replay(
    ctx: click.Context, /, ids: tuple[str, ...], *, value: Path | None, edit: bool, **given: Any
) -> None:
    """Send rejected events again, each once, however often this is run.

    Those are meant that have one of the IDs and match the filters. They are first judged by the definitions
    that are live now, and what would be rejected again is left. An event counts at its own time; one that has
    none takes that of its first record. What was replayed is never sent a second time; if it was rejected
    again it stands on the list under a new ID.

    \b
    Examples:
      tidemark rejected replay custom-events-2-4711
      tidemark rejected replay --event purchase --since 2026-11-23 --yes
      tidemark rejected replay custom-events-2-4711 --value event.json
      tidemark rejected replay custom-events-2-4711 --edit
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.rejected.selection import Selection
    from topology.settings import Settings

    anyway, yes = given.pop("anyway"), given.pop("yes")
    selection = Selection(ids=frozenset(ids), **given)
    if not selection:
        raise click.UsageError("say which: give IDs or filters; --since 1970-01-01 means all")
    if (value or edit) and (len(ids) != 1 or (value and edit)):
        raise click.UsageError("--value and --edit are for one ID, and one of them at a time")
    settings = Settings.from_environment()
    edited = value.read_bytes() if value else _edited(_found(settings, ids[0])) if edit else None
    judge = _judge(settings, _live_catalog(settings), edited)
    if not _replay(settings, selection, judge, anyway=anyway, yes=yes):
        ctx.exit(1)


def _replay(settings: Settings, selection: Selection, judge: Judge, *, anyway: bool, yes: bool) -> bool:
    """Plan, ask, send; whether all that was asked for is done."""
    from topology.rejected.plan import plan_replay
    from topology.rejected.plan_text import plan_text
    from topology.rejected.reading import read_marks, read_rejected
    from topology.rejected.replaying import Replaying

    events = read_rejected(settings, selection.since)
    plan = plan_replay(events, selection, read_marks(settings), judge, anyway=anyway)
    click.echo(plan_text(plan))
    _refuse_unknown(selection, plan.found_ids)
    if plan.send:
        if not yes:
            click.confirm(f"Send {len(plan.send):,}?", abort=True)
        replaying = Replaying(settings)
        again = read_rejected(settings, selection.since)
        replaying.send((judge.judge(each) for each in again if each.identity in plan.send), judge.now)
        click.echo(f"Replayed: {replaying.sent:,}.")
    return plan.whole and plan.found > 0


def _refuse_unknown(selection: Selection, found: frozenset[str]) -> None:
    from streams.engine.errors import ConfigurationError

    unknown = sorted(selection.ids - found)
    if unknown:
        raise ConfigurationError(
            f"no rejected event matches {', '.join(unknown)}; `tidemark rejected list` has the ids. Nothing was sent"
        )


def _found(settings: Settings, id_: str) -> RejectedEvent:
    """The one of this id, the newest if input was read twice. Raises ``ConfigurationError`` if there is none."""
    from topology.rejected.reading import read_rejected
    from topology.rejected.selection import Selection

    selection = Selection(ids=frozenset((id_,)))
    events = [event for event in read_rejected(settings) if event in selection]
    _refuse_unknown(selection, frozenset(event.id for event in events))
    return events[-1]


def _edited(event: RejectedEvent) -> bytes:
    """The value as a person changed it."""
    try:
        before = (event.value or b"").decode()
    except UnicodeDecodeError as error:
        raise click.UsageError("the value is no text; use `rejected show --raw` and --value FILE") from error
    after = click.edit(before, extension=".json")
    if after is None:
        raise click.Abort
    return after.strip().encode()


def _live_catalog(settings: Settings) -> Catalog:
    from topology.definitions.planning import live_catalog

    return live_catalog(settings)


def _judge(settings: Settings, catalog: Catalog, edited: bytes | None) -> Judge:
    """What judges as a worker would now."""
    from schemas.wire import EventReader
    from streams.agents.customers import wall_clock
    from streams.engine.partitioning import partitioner
    from topology.rejected.committed import partition_count
    from topology.rejected.replay import Judge
    from topology.topics import topics_of

    topics = topics_of(settings)
    partition_of = partitioner(partition_count(settings, topics.custom_events.name))
    others = topics.customers.name, topics.redemption_requests.name, topics.segment_lists.name
    reader = EventReader(catalog, max_ahead_ms=settings.max_event_ahead)
    return Judge(reader, partition_of, wall_clock(), edited, others)
