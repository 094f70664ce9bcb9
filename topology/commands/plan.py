"""``tidemark plan``: what applying a directory would change."""

from pathlib import Path

import click

from schemas.compatibility_mode import Mode
from topology.parameters import DIRECTORY, PLAN_COMPATIBILITY


@click.command(short_help="Show what `apply` would change: topics and definitions.")
@click.argument("directory", type=DIRECTORY)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as one JSON document.")
@click.option("--check", is_flag=True, help="Exit with 1 if anything would change: for pipelines.")
@click.option("--offline", is_flag=True, help="Check the directory without Kafka, as if nothing were live.")
@PLAN_COMPATIBILITY
def plan(directory: Path, *, as_json: bool, check: bool, offline: bool, compatibility: Mode | None) -> None:
    """Show what `tidemark apply DIRECTORY` would change, and change nothing.

    DIRECTORY holds definitions in YAML or JSON (segment, distribution, earning_rule, validation_rule,
    campaign) and event definitions in Avro (*.avsc). A mistake is shown with file, line and column, and with
    what was expected; then the exit code is 2. A change of a live event definition that would break those who
    send or read the event is shown with attribute and reason; then the exit code is 1.

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
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.definitions.plan_text import plan_json, plan_text
    from topology.definitions.planning import plan_directory
    from topology.settings import Settings

    settings = Settings.from_environment()
    planned = plan_directory(directory, settings, compatibility, offline=offline)
    click.echo(plan_json(planned) if as_json else plan_text(planned))
    if planned.incompatible or (check and planned.differs):
        click.get_current_context().exit(1)
