"""The installation that the demo sets up on a cluster: settings, topics, definitions.

Decides names (a prefix of its own, so that nothing of anybody else is touched) and that nothing is left behind.
"""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from deploy.demo.playbill import DEFINITIONS
from streams.domain.instants import Instant
from topology.connections import PATIENCE_SECONDS, connect
from topology.definitions.planning import plan_directory
from topology.definitions.publish import apply_plan
from topology.settings import Settings, environment_of_this_process
from topology.topics import topics_of

_NOT_OURS = frozenset({"TIDEMARK_GROUP_INSTANCE_ID"})
"""Settings that name a worker of another installation."""


class Stage(NamedTuple):
    """One installation."""

    settings: Settings
    environment: Mapping[str, str]
    """The same, for commands that are run as processes of their own."""


def stage_on(bootstrap: str, directory: Path, variables: Mapping[str, str] | None = None) -> Stage:
    """An installation with a new prefix on the cluster at ``bootstrap`` and its files in ``directory``."""
    variables = environment_of_this_process() if variables is None else variables
    prefix = time.strftime("demo-%Y%m%d-%H%M%S.")
    ours = {
        "TIDEMARK_BOOTSTRAP": bootstrap,
        "TIDEMARK_TOPIC_PREFIX": prefix,
        "TIDEMARK_CLOCK": "stream",
        "TIDEMARK_STATE_DIRECTORY": str(directory / "state"),
        "TIDEMARK_HTTP_HOST": "127.0.0.1",
        "TIDEMARK_HTTP_PORT": str(_free_port()),
        "TIDEMARK_OUTPUT_ENCODING": "json",
        "TIDEMARK_TOPIC_ENCODINGS": "",
    }
    environment = {name: value for name, value in variables.items() if name not in _NOT_OURS} | ours
    return Stage(Settings.from_environment(environment), environment)


@contextmanager
def installed(settings: Settings, *, keep: bool) -> Iterator[int]:
    """Create the topics and apply the demo's definitions, and yield how many; remove all unless ``keep``."""
    admin = connect(settings)
    try:
        plan = plan_directory(DEFINITIONS, settings, admin=admin)
        apply_plan(admin, plan, settings, applied_at=Instant(time.time_ns() // 1_000_000))
        yield len(plan.effective)
    finally:
        if not keep:
            _remove(admin, settings)


def _remove(admin: Any, settings: Settings) -> None:
    """Delete the topics; those that were never created are no reason to complain."""
    known = admin.list_topics(timeout=PATIENCE_SECONDS).topics
    ours = [spec.name for spec in topics_of(settings) if spec.name in known]
    for deletion in (admin.delete_topics(ours) if ours else {}).values():
        deletion.result(PATIENCE_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
