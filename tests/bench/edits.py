"""Definitions that are edited while a worker runs, and the sweep that follows, watched from outside.

Decides when a sweep begins and ends: when the worker tells of the new ruleset, and when it tells of nothing left.
"""

import json
import time
from typing import Any, NamedTuple

from tests.bench.ground import RunningWorker
from tests.broker.installation import Installation, Record

_LOOK_SECONDS = 0.02
"""Between two questions, so that asking costs the worker little."""
_LIMIT_SECONDS = 600.0


class Swept(NamedTuple):
    """One sweep; moments are seconds since 1970."""

    began: float
    ended: float
    remaining: list[tuple[float, int]]
    """How many customers were left, by the worker's own estimate."""

    @property
    def seconds(self) -> float:
        """How long it took, as far as the looks can tell."""
        return max(self.ended - self.began, _LOOK_SECONDS)


def define(installation: Installation, *segments: dict[str, Any]) -> None:
    """Let these segments stand beside those that the installation began with, in the place of earlier ones."""
    directory = installation.directory / "definitions"
    (directory / "edited.json").write_text(json.dumps(list(segments)), encoding="utf-8")
    installation.run("apply", str(directory), "--yes")


def sweep(installation: Installation, worker: RunningWorker, *segments: dict[str, Any]) -> Swept:
    """Define the segments; returns when all customers are decided under them."""
    before = _told(worker)["ruleset"]
    define(installation, *segments)
    deadline, began = time.time() + _LIMIT_SECONDS, 0.0
    remaining: list[tuple[float, int]] = []
    while time.time() < deadline:
        told, now = _told(worker), time.time()
        if told["ruleset"] != before:
            began = began or now
            remaining.append((now, sum(told["sweeping"].values())))
            if not told["sweeping"]:
                return Swept(began, now, remaining)
        time.sleep(_LOOK_SECONDS)
    raise AssertionError(f"the sweep was not over within {_LIMIT_SECONDS:.0f} s: {_told(worker)}")


def _told(worker: RunningWorker) -> Record:
    told = worker.told()
    assert told is not None, "the worker does not answer"
    return told
