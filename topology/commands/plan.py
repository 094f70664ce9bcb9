"""``tidemark plan``: what applying a directory would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.compatibility_mode import Mode
from topology.parameters import DIRECTORY, PLAN_COMPATIBILITY

if TYPE_CHECKING:
    from topology.asking.preview import Preview
    from topology.definitions.plan import Plan
    from topology.settings import Settings


@click.command(short_help="Show what `apply` would change: topics and definitions.")
@click.argument("directory", type=DIRECTORY)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as one JSON document.")
@click.option("--check", is_flag=True, help="Exit with 1 if anything would change: for pipelines.")
@click.option("--offline", is_flag=True, help="Check the directory without Kafka, as if nothing were live.")
@click.option("--preview", is_flag=True, help="Ask the workers how many customers would enter and leave.")
@PLAN_COMPATIBILITY
def plan(directory: Path, *, as_json: bool, check: bool, compatibility: Mode | None, **how: bool) -> None:
    """Show what `tidemark apply DIRECTORY` would change, and change nothing.

    DIRECTORY holds definitions in YAML or JSON (segment, distribution, earning_rule, validation_rule,
    campaign) and event definitions in Avro (*.avsc). A mistake is shown with file, line and column, and with
    what was expected; then the exit code is 2. A change of a live event definition that would break those who
    send or read the event is shown with attribute and reason; then the exit code is 1.

    With --preview the running workers count, for each segment, the customers that would enter and leave it if
    the plan took over now; if not every partition answers, that is told, and the exit code is 1.

    \b
    A definition, say definitions/reviewers.yaml:
      kind: segment
      id: reviewers
      type: auto-update
      filter:
        junction: and
        events.new_review.count: {conditions: {$more_than: [1]}}

    \b
    Examples:
      tidemark plan definitions/
      tidemark plan definitions/ --offline          # in a pull request, no broker needed
      tidemark plan definitions/ --check --json     # exit code 1: live and directory differ
      tidemark plan definitions/ --preview
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.definitions.planning import plan_directory
    from topology.settings import Settings

    if how["offline"] and how["preview"]:
        raise click.UsageError("--preview asks the workers, and --offline asks nobody")
    settings = Settings.from_environment()
    planned = plan_directory(directory, settings, compatibility, offline=how["offline"])
    seen = _previewed(settings, planned) if how["preview"] and not planned.incompatible else None
    _show(planned, seen, as_json=as_json)
    if planned.incompatible or (seen and seen.missing) or (check and planned.differs):
        click.get_current_context().exit(1)


def _show(planned: Plan, seen: Preview | None, *, as_json: bool) -> None:
    from topology.asking.gathering import missing_text
    from topology.asking.preview import preview_document, preview_text
    from topology.definitions.plan_text import plan_json, plan_text

    if as_json:
        click.echo(plan_json(planned, preview_document(seen) if seen else None))
        return
    click.echo(plan_text(planned))
    if seen:
        click.echo(f"\n{preview_text(seen)}")
    if seen and seen.missing:
        click.echo(missing_text(seen.missing), err=True)


def _previewed(settings: Settings, planned: Plan) -> Preview:
    from topology.asking.finding import Progressing
    from topology.asking.preview import nobody_known, preview
    from topology.asking.workers import Workers
    from topology.definitions.directory import base_catalog
    from topology.topics import topics_of

    if topics_of(settings).custom_events.name in {spec.name for spec in planned.topics.create}:
        return nobody_known(planned)
    workers = Workers(settings)
    with Progressing(workers.partitions) as progress:
        return preview(planned, base_catalog(settings), workers, progress)
