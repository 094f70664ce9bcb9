"""``tidemark find``: which customers match a filter, over all workers.

Decides what is printed where, and the exit code: 1 if not every partition answered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topology.parameters import WAIT

if TYPE_CHECKING:
    from streams.engine.questions import Find
    from topology.asking.found import Format, Write

_SAMPLE = 10
_COLUMNS = "name,email,segments"


@click.command(short_help="Find customers by any filter: how many, and who.")
@click.argument("filter_", metavar="[FILTER]", required=False)
@click.option("--segment", metavar="ID", help="Only who is in this live segment; FILTER may be left out.")
@click.option("--count", is_flag=True, help="Print nothing but how many there are.")
@click.option("--all", "everybody", is_flag=True, help="List all of them, not only the first by id.")
@click.option("--limit", type=click.IntRange(1, 100_000), help=f"List so many of them; {_SAMPLE} without it.")
@click.option("--format", "form", type=click.Choice(["table", "ndjson", "csv"]),
              help="How they are written: a table, or NDJSON with --all.")  # fmt: skip
@click.option("--columns", default=_COLUMNS, show_default=True, metavar="NAMES",
              help="What is shown beside the id: fields as filters name them, segments, events.X.count.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write them to this file.")
@WAIT
@click.pass_context
def find(ctx: click.Context, /, filter_: str | None, **given: Any) -> None:
    """Find the customers of all workers that match FILTER now, as of their last committed events.

    FILTER is an expression or a segment's filter in JSON, or @FILE with one. Mistakes in it are told before
    anybody is asked. The workers do the looking beside the stream, at the least priority. If a partition is out
    of service, it is waited for; then what is left out is told, and the exit code is 1.

    \b
    Examples:
      tidemark find 'count(new_review) > 1 and last(cart_abandoned) < 5'
      tidemark find @lapsed.json --count
      tidemark find --segment reviewers --all --format csv --columns email,events.new_review.count
      tidemark find @lapsed.json --all --out lapsed.ndjson
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    if filter_ is None and given["segment"] is None:
        raise click.UsageError("say whom: give a FILTER or --segment ID")
    if sum(bool(given[name]) for name in ("count", "everybody", "limit")) > 1:
        raise click.UsageError("--count, --all and --limit exclude one another")
    if given["count"] and (given["form"] or given["out"]):
        raise click.UsageError("--count prints a number, there is nothing to format or to write")
    if not _find(_question(filter_, given), given):
        ctx.exit(1)


def _question(filter_: str | None, given: dict[str, Any]) -> Find:
    from streams.engine.questions import Find
    from topology.asking.typed_filter import filter_body, within_segment

    body = None if filter_ is None else filter_body(filter_)
    limit = None if given["everybody"] else 0 if given["count"] else given["limit"] or _SAMPLE
    columns = tuple(name.strip() for name in given["columns"].split(",") if name.strip())
    return Find(filter=within_segment(body, given["segment"]), columns=columns, limit=limit)


def _find(question: Find, given: dict[str, Any]) -> bool:
    """Ask and print; whether every partition answered."""
    from topology.asking.finding import find as ask
    from topology.asking.finding import summary
    from topology.asking.found import form_of
    from topology.asking.gathering import missing_text
    from topology.asking.typed_filter import check_find
    from topology.asking.workers import Workers
    from topology.definitions.planning import live_vocabulary
    from topology.settings import Settings

    settings = Settings.from_environment()
    check_find(question, live_vocabulary(settings))
    workers = Workers(settings)
    name: Format = given["form"] or ("ndjson" if given["everybody"] else "table")
    with _written(given["out"]) as write:
        found = ask(question, workers, form_of(name, question.columns, write), given["wait"])
    if given["count"]:
        click.echo(found.matched)
    else:
        click.echo(summary(found), err=name != "table" and given["out"] is None)
    if found.missing:
        click.echo(missing_text(found.missing), err=True)
    return not found.missing


@contextlib.contextmanager
def _written(out: Path | None) -> Iterator[Write]:
    if out is None:
        yield click.get_binary_stream("stdout").write
        return
    try:
        file = out.open("wb")
    except OSError as error:
        raise click.UsageError(f"{out}: cannot be written: {error.strerror}") from error
    with file:
        yield file.write
