"""What the run came to: tables for a person, at the end.

Decides what is worth telling and how it looks.
"""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from deploy.demo.tally import Message, Turn
from deploy.demo.view import View, quantile
from deploy.demo.vitals import Buckets, bound_of

_BARS = "▁▂▃▄▅▆▇█"

_MOST_POINTS = 5
"""How many of the fullest cards are named."""


def print_summary(console: Console, view: View, *, worker_cpu_seconds: float) -> None:
    """Tell what happened."""
    for table in (_members(view), _turns(view), _messages(view), _points(view), _cards(view)):
        console.print()
        console.print(table)
    console.print()
    for line in _run(view, worker_cpu_seconds):
        console.print(line, soft_wrap=True, highlight=False)


def sparkline(values: Sequence[int]) -> str:
    """A bar for each value, from nothing to the largest."""
    most = max(values, default=0)
    if most <= 0:
        return _BARS[0] * len(values)
    return "".join(_BARS[max(0, value) * (len(_BARS) - 1) // most] for value in values)


def _members(view: View) -> Table:
    table = Table(
        "segment", f"{view.months[0]} to {view.months[-1]}", title="Members at the end of the month"
    )
    quarters = [place for place, month in enumerate(view.months) if month[-2:] in {"03", "06", "09", "12"}]
    for place in quarters:
        table.add_column(view.months[place], justify="right")
    for segment in view.playbill.segments:
        story = view.tally.members_at_month_ends(segment, view.months)
        table.add_row(segment, sparkline(story), *(f"{story[place]:,}" for place in quarters))
    return table


def _turns(view: View) -> Table:
    table = Table("segment", title="Entered and left, by cause")
    ways = [(change, cause) for change in ("entered", "left") for cause in ("event", "time")]
    for change, cause in ways:
        table.add_column(f"{change} by {cause}", justify="right")
    for segment, name in view.playbill.segments.items():
        counts = (view.tally.turns[Turn(segment, *way)] for way in ways)
        table.add_row(f"{segment} [dim]{name}[/dim]", *(_count(n) for n in counts))
    return table


def _messages(view: View) -> Table:
    table = Table("distribution", "on", title="Messages triggered")
    table.add_column("by event", justify="right")
    table.add_column("by time", justify="right")
    messages = view.tally.messages
    for distribution, name in view.playbill.distributions.items():
        triggers = {message.trigger for message in messages if message.distribution == distribution}
        for trigger in sorted(triggers):
            counts = (messages[Message(distribution, trigger, cause)] for cause in ("event", "time"))
            table.add_row(
                f"{distribution} [dim]{name}[/dim]", trigger.replace("_", " "), *(_count(n) for n in counts)
            )
    return table


def _points(view: View) -> Table:
    table = Table("earning rule", title="Points granted")
    table.add_column("grants", justify="right")
    table.add_column("points", justify="right")
    for rule, name in view.playbill.earning_rules.items():
        table.add_row(
            f"{rule} [dim]{name}[/dim]", _count(view.tally.grants[rule]), _count(view.tally.points[rule])
        )
    return table


def _cards(view: View) -> Table:
    table = Table("customer", title=f"The fullest of {len(view.tally.balances):,} cards")
    table.add_column("points", justify="right")
    for (_, customer), balance in sorted(view.tally.balances.items(), key=lambda card: -card[1])[
        :_MOST_POINTS
    ]:
        table.add_row(customer, f"{balance:,}")
    return table


def _run(view: View, worker_cpu_seconds: float) -> Iterator[str]:
    out = sum(view.tally.seen().values())
    seconds = view.replay_seconds
    yield (
        f"[bold]{view.feed.sent:,} events in, {out:,} records out[/bold] in {seconds:.1f} s: "
        f"{view.feed.sent / seconds:,.0f} events/s and {out / seconds:,.0f} records/s, exactly once."
    )
    if view.latencies:
        half, most = (quantile(view.latencies, share) * 1000 for share in (0.5, 0.99))
        yield (
            f"From handing an event to Kafka to reading what it caused: p50 {half:.0f} ms, p99 {most:.0f} ms, "
            f"with at most {view.feed.pace.under_way:,} events under way."
        )
    if view.vitals:
        vitals = view.vitals
        yield (
            f"The worker says: {vitals.commits:,} transactions (commit {_within(vitals.commit_seconds)}), event to "
            f"committed output {_within(vitals.output_seconds)}, {vitals.deadlines:,} deadlines taken, "
            f"{vitals.rejected:,} rejected, {vitals.duplicates:,} duplicates."
        )
    yield f"It used {worker_cpu_seconds:.1f} s of one CPU, its start included."


def _count(number: int) -> str:
    return f"{number:,}" if number else "[dim]-[/dim]"


def _within(buckets: Buckets) -> str:
    half, most = (bound_of(buckets, share) for share in (0.5, 0.99))
    if half is None or most is None:
        return "not measured"
    return f"p50 ≤ {half * 1000:.0f} ms, p99 ≤ {most * 1000:.0f} ms"
