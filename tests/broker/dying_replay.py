"""A replay that is killed in its second transaction: ``python -m tests.broker.dying_replay STEP …``.

It is ``tidemark rejected replay`` in everything else, with two events to a transaction.
"""

import os
import signal
import sys
from unittest.mock import patch

from topology.command_line import main
from topology.rejected import replaying
from topology.rejected.replaying import Replaying, Step
from topology.settings import Settings

DYING_REPLAY = (sys.executable, "-m", "tests.broker.dying_replay")


class Dying(Replaying):
    """Ends as a crash would, when a step is reached for the second time."""

    def __init__(self, settings: Settings) -> None:
        last, seen = sys.argv[1], 0

        def reached(step: Step) -> None:
            nonlocal seen
            seen += step == last
            if seen == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        super().__init__(settings, reached)


if __name__ == "__main__":
    with patch.object(replaying, "Replaying", Dying), patch.object(replaying, "_MOST_EVENTS", 2):
        main(args=["rejected", "replay", *sys.argv[2:]])
