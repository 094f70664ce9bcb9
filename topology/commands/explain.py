"""``tidemark explain``: in which segments a customer is, and in which not.

Decides what is asked for, and the exit code: 1 for a customer of whom nothing is known, or if no worker can tell.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from streams.domain.instants import Instant, format_instant
from topology.parameters import INSTANT, WAIT

if TYPE_CHECKING:
    from streams.domain.ruleset import Ruleset
    from streams.domain.segments import Segment
    from topology.asking.customers import Customer
    from topology.explaining import Explanation
    from topology.settings import Settings


@click.command(short_help="Say in which segments a customer is, and in which not.")
@click.argument("customer", metavar="CUSTOMER")
@click.argument("segment", metavar="[SEGMENT]", required=False)
@click.option("--at", type=INSTANT, help="As of a later instant, if nothing else happens until then.")
@click.option("--json", "as_json", is_flag=True, help="As JSON; without SEGMENT, all that is remembered.")
@WAIT
def explain(customer: str, segment: str | None, *, at: Instant | None, as_json: bool, wait: float) -> None:
    """Say in which segments a customer is, since when, and in which not; or, of one SEGMENT, why.

    Of one segment, each condition is shown with what it sees, whether it holds, and when time alone changes that.
    The worker that has the customer's partition answers, as of the last event that it applied.

    \b
    Examples:
      tidemark explain c-42
      tidemark explain c-42 reviewers
      tidemark explain c-42 reviewers --at 2026-12-24
      tidemark explain c-42 --json
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.explaining import Question, answer
    from topology.settings import Settings

    settings = Settings.from_environment()
    ruleset = _live_rules(settings)
    chosen = None if segment is None else _segment(segment, ruleset)
    found = _later(_fetched(settings, customer, wait), at, ruleset)
    if chosen is None:
        _show_all(found, ruleset, as_json=as_json)
    else:
        question = Question(found.id, found.now, segment=chosen.id)
        _show_one(answer(question, found.state, ruleset), as_json=as_json)


def _show_all(found: Customer, ruleset: Ruleset, *, as_json: bool) -> None:
    import msgspec

    from topology.asking.standing import standing_document, standing_text

    if as_json:
        document = standing_document(found, ruleset.segments)
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
    else:
        click.echo(standing_text(found, ruleset.segments))


def _show_one(explanation: Explanation, *, as_json: bool) -> None:
    from topology.explaining import explanation_json
    from topology.explanation_text import ON_TERMINAL, PLAIN, explanation_text

    if as_json:
        click.echo(explanation_json(explanation))
    else:
        click.echo(explanation_text(explanation, ON_TERMINAL if sys.stdout.isatty() else PLAIN))


def _live_rules(settings: Settings) -> Ruleset:
    from topology.definitions.compiled import compile_live
    from topology.definitions.directory import base_catalog
    from topology.definitions.planning import live_of

    return compile_live(live_of(settings), base_catalog(settings), clock=settings.clock)[0]


def _segment(name: str, ruleset: Ruleset) -> Segment:
    """The live segment of this id. Raises ``ConfigurationError`` if there is none."""
    from streams.domain.faults import Place
    from streams.domain.identities import SegmentId
    from streams.engine.errors import ConfigurationError
    from topology.definitions.faults import fault_words

    found = ruleset.segments.get(SegmentId(name))
    if found is None:
        place = Place("segment", name, ("segment",), [])
        place.unknown("segment", name, ruleset.segments)
        raise ConfigurationError(fault_words(place.noted[0]))
    return found


def _fetched(settings: Settings, customer: str, wait: float) -> Customer:
    from streams.domain.identities import CustomerId
    from topology.asking.connecting import NoAnswer
    from topology.asking.customers import fetch_customer
    from topology.asking.workers import Workers

    try:
        found = fetch_customer(CustomerId(customer), Workers(settings), wait)
    except NoAnswer as failure:
        _say_no(str(failure))
    if found is None:
        _say_no(f"nothing is known of a customer {customer!r}")
    return found


def _later(customer: Customer, at: Instant | None, ruleset: Ruleset) -> Customer:
    from topology.asking.standing import at_instant

    if at is None:
        return customer
    if at < customer.now:
        known = format_instant(customer.now)
        raise click.BadParameter(f"what was is not remembered; expected {known} or later", param_hint="--at")
    return at_instant(customer, at, ruleset)


def _say_no(reason: str) -> NoReturn:
    click.echo(reason, err=True)
    click.get_current_context().exit(1)
