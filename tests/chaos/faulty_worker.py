"""A worker that kills or freezes itself: ``python -m tests.chaos.faulty_worker SIGNAL STEP NTH …``.

It is the worker of ``tidemark worker`` in everything else. Each time that it has reached the step of a commit for the
nth time it says so and sends itself the signal.
"""

import itertools
import signal
import sys
import threading
from functools import partial
from unittest.mock import patch

from streams.engine.transactions import Step, Transactions
from topology import app
from topology.commands.worker import worker


def faulty(number: signal.Signals, step: Step, *nth: int) -> tuple[str, ...]:
    """The command that starts such a worker."""
    return sys.executable, "-m", "tests.chaos.faulty_worker", number.name, step, *map(str, nth)


def last_words(number: signal.Signals, step: Step, nth: int) -> str:
    """What it says before the signal."""
    return f"{number.name} at {step} {nth}."


def main(name: str, step: str, *nth: str) -> None:
    """Run the worker, and strike at the step."""
    number, moments = signal.Signals[name], [int(moment) for moment in nth]
    times = itertools.count(1)

    def reached(now: Step) -> None:
        if now == step and (time := next(times)) in moments:
            print(last_words(number, now, time), flush=True)
            signal.pthread_kill(threading.get_ident(), number)  # to this thread, so that it goes no further

    with patch.object(app, "Transactions", partial(Transactions, reached=reached)):
        worker.main(args=[], prog_name="tidemark worker")


if __name__ == "__main__":
    main(*sys.argv[1:])
