"""How far the workers are with deciding all customers under the definitions that are live now.

Decides what is told of it. Definitions are taken over all at once, so what is left is told by partition, not by
definition. Knows nothing of how customers are decided.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from topology.asking.connecting import NoAnswer, request
from topology.asking.workers import Holder
from topology.tables import table

_ANSWER_SECONDS = 5.0


class Sweeping(NamedTuple):
    """What the workers say."""

    left: Mapping[int, int]
    """Customers who are yet to be decided, by partition; only partitions that have any."""
    silent: Mapping[int, str]
    """Partitions of which nobody can tell, and why."""


class _Ready(msgspec.Struct):
    """What is read of a worker's ``/ready``."""

    sweeping: dict[str, int]


def ask_sweeps(holders: Mapping[int, Holder], partitions: int) -> Sweeping:
    """Ask each worker once."""
    left: dict[int, int] = {}
    silent = {number: "no worker has it" for number in range(partitions) if number not in holders}
    for holder, numbers in _by_holder(holders).items():
        try:
            left |= _ask(holder)
        except NoAnswer as failure:
            silent |= dict.fromkeys(numbers, f"{holder.name}: {failure}")
    return Sweeping(dict(sorted(left.items())), dict(sorted(silent.items())))


def sweeps_text(sweeping: Sweeping) -> str:
    """For a person."""
    return "\n\n".join(_paragraphs(sweeping))


def _paragraphs(sweeping: Sweeping) -> Iterator[str]:
    if sweeping.left:
        yield (
            f"{sum(sweeping.left.values()):,} customers are yet to be decided under the live definitions, "
            "about; each is decided under all of them at once."
        )
        rows = [(str(number), f"{count:,}") for number, count in sweeping.left.items()]
        yield table(("partition", "customers left"), rows)
    elif not sweeping.silent:
        yield "None: every customer is decided under the live definitions."
    if sweeping.silent:
        yield "\n".join(f"Partition {number}: {why}." for number, why in sweeping.silent.items())


def _by_holder(holders: Mapping[int, Holder]) -> Mapping[Holder, list[int]]:
    found: defaultdict[Holder, list[int]] = defaultdict(list)
    for number, holder in holders.items():
        found[holder].append(number)
    return found


def _ask(holder: Holder) -> Mapping[int, int]:
    if holder.address is None:
        raise NoAnswer("it does not say where it is reached")
    with request(holder, "/ready", timeout=_ANSWER_SECONDS) as answer:
        try:
            ready = msgspec.json.decode(answer.read(), type=_Ready)
            return {int(number): count for number, count in ready.sweeping.items()}
        except ValueError as error:  # msgspec's errors are of this kind
            raise NoAnswer("it is of another version, and cannot be asked") from error
