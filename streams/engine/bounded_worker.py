"""A Faust worker that ends within ten seconds of being told to, whatever the broker does.

Decides how a worker ends. Stopping normally commits everything; if that cannot be had in time, the process ends as if
it had been killed, which loses nothing: what is not committed is read again.
"""

import logging
import os
from threading import Timer

import faust

logger = logging.getLogger(__name__)

_STOP_SECONDS = 9.0
_EXIT_UNFINISHED = 1


class BoundedWorker(faust.Worker):  # type: ignore[misc]
    """Runs one Faust application."""

    async def stop(self) -> None:
        """Stop everything, or end the process when time is up."""
        last_resort = Timer(_STOP_SECONDS, _end)
        last_resort.daemon = True
        last_resort.start()
        await super().stop()


def _end() -> None:
    logger.error(
        "the worker ends without having committed everything: the broker does not answer; it will be read again"
    )
    logging.shutdown()
    os._exit(_EXIT_UNFINISHED)
