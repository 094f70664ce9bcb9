"""``tidemark try``: what one event would do to one customer, and why, without Kafka.

Decides what is asked for, and the exit code: 1 if the event would be rejected.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from streams.domain.instants import Instant
from topology.parameters import DIRECTORY, INSTANT, TEXT_FILE

if TYPE_CHECKING:
    from topology.trying.event_file import RefusedEvent
    from topology.trying.trial import Trial


@click.command("try", short_help="Say what one event would do, and why, without Kafka.")
@click.option("--definitions", required=True, type=DIRECTORY, help="Directory of definitions.")
@click.option("--event", required=True, type=TEXT_FILE, help="One event: JSON or YAML; - is standard input.")
@click.option("--customer", type=TEXT_FILE, help="What is known of the customer; nothing otherwise.")
@click.option("--at", type=INSTANT, help="What the clock reads when the event comes; its own time otherwise.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with whole records.")
def try_(
    definitions: Path,
    event: str,
    *,
    customer: str | None,
    at: Instant | None,
    as_json: bool,
) -> None:
    """Say what one event would do to one customer, and why, without Kafka.

    Shown are the customer before, what happens, what the event sets off that does not happen and why, and what time
    does next. The customer file holds a profile and a history, or what `tidemark explain ID --json` prints:

    \b
      {"profile": {"email": "ann@example.com", "metadata": {"club_level": "Gold"}},
       "events": [{"event": "new_review", "occurred_at": "2026-11-01T10:00:00Z", "metadata": {"rating": 4}}]}

    \b
    Examples:
      tidemark try --definitions definitions/ --event event.json
      tidemark try --definitions definitions/ --event event.json --customer ann.json --at 2026-12-01
      tidemark explain c-42 --json | tidemark try --definitions new/ --event event.json --customer -
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.trying.event_file import RefusedEvent

    if event == customer == "-":
        raise click.UsageError("expected one of --event and --customer from standard input, found both")
    try:
        trial = _tried(Request(definitions, event, customer, at))
    except RefusedEvent as refused:
        _show_refusal(refused, as_json=as_json)
        click.get_current_context().exit(1)
    _show(trial, as_json=as_json)


class Request(NamedTuple):
    """What was asked for."""

    definitions: Path
    event: str
    customer: str | None
    at: Instant | None


def _tried(request: Request) -> Trial:
    """The answer. Raises ``RefusedEvent``, and ``ConfigurationError`` for what is wrongly written."""
    from schemas.wire import EventReader
    from topology.definitions.directory import check_directory
    from topology.settings import Settings
    from topology.trying.customer_file import NOBODY, read_customer
    from topology.trying.event_file import read_event, read_event_file
    from topology.trying.reasons import Rules
    from topology.trying.trial import past, try_event

    settings = Settings.from_environment()
    checked = check_directory(request.definitions, settings, clock="stream")
    reader = EventReader(checked.catalog, max_ahead_ms=settings.max_event_ahead)
    wall_clock = Instant(time.time_ns() // 1_000_000)
    event = read_event(read_event_file(request.event), reader, request.at, wall_clock)
    now = event.occurred_at if request.at is None else request.at
    known = NOBODY if request.customer is None else read_customer(request.customer, event, now, reader)
    state = past(known.state, known.history, checked.ruleset)
    now = now if known.now is None else max(now, known.now)
    return try_event(event, state, now, Rules(checked.ruleset, checked.definitions))


def _show(trial: Trial, *, as_json: bool) -> None:
    from topology.trying.trial_json import trial_json
    from topology.trying.trial_text import trial_text

    click.echo(trial_json(trial) if as_json else trial_text(trial))


def _show_refusal(refused: RefusedEvent, *, as_json: bool) -> None:
    from schemas.rejections import REASONS
    from topology.trying.trial_json import rejection_json

    reason = refused.rejection.reason
    if as_json:
        click.echo(rejection_json(refused.rejection))
    else:
        click.echo(f"It would be rejected: {reason}. {REASONS[reason]}\n{refused}")
