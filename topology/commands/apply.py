"""``tidemark apply``: create the topics, publish the definitions of a directory."""

import sys
import time
from pathlib import Path

import click

from schemas.compatibility_mode import Mode
from streams.domain.instants import Instant
from topology.parameters import DIRECTORY, PLAN_COMPATIBILITY


@click.command(short_help="Create the topics and publish the definitions of a directory.")
@click.argument("directory", type=DIRECTORY)
@click.option("--yes", is_flag=True, help="Do not ask before definitions are deleted.")
@PLAN_COMPATIBILITY
@click.pass_context
def apply(ctx: click.Context, directory: Path, *, yes: bool, compatibility: Mode | None) -> None:
    """Make what is live what DIRECTORY says: print the plan, then carry out exactly that.

    Missing topics are created. Definitions that are new or differ are published with their next version;
    those that are live and no longer in DIRECTORY are deleted, after a question where a person sits at the
    terminal. All of it appears to the workers at once, or not at all. Then who is new in a `members_file` is told
    to the workers, and who is gone, one by one. Running it again changes nothing. A
    change of an event definition that would break those who send or read the event is refused, with exit code 1.

    \b
    Examples:
      tidemark apply definitions/
      TIDEMARK_PARTITIONS=12 TIDEMARK_REPLICATION_FACTOR=3 tidemark apply definitions/ --yes
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.connections import connect
    from topology.definitions.list_publishing import publish_list
    from topology.definitions.plan_text import plan_text
    from topology.definitions.planning import plan_directory
    from topology.definitions.publish import apply_plan
    from topology.settings import Settings

    settings = Settings.from_environment()
    admin = connect(settings)
    planned = plan_directory(directory, settings, compatibility, admin=admin)
    click.echo(plan_text(planned))
    if planned.incompatible:
        ctx.exit(1)
    if not planned.differs:
        return
    deleted = sum(1 for change in planned.effective if change.action == "delete")
    if deleted and not yes and sys.stdin.isatty():
        click.confirm(f"Delete {deleted} live definitions?", abort=True)
    apply_plan(admin, planned, settings, applied_at=Instant(time.time_ns() // 1_000_000))
    for change in planned.lists:
        publish_list(change, settings)
        click.echo(f"{change.segment}: {len(change.added):,} added, {len(change.removed):,} removed")
    click.echo("Applied.")
