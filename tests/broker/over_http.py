"""A gateway that serves, and asking a page of a real process, refusals included."""

import json
import urllib.error
import urllib.request
from contextlib import AbstractContextManager
from typing import Any

from tests.broker.installation import TIDEMARK, Installation, WorkerProcess

GATEWAY = (*TIDEMARK, "gateway")


def answered(address: str, method: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    """Status and JSON of the answer; ``_`` in the name of a header stands for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as page:
            return page.status, json.load(page)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def serving(installation: Installation, **environment: str) -> AbstractContextManager[WorkerProcess]:
    """A gateway that is ready, on a port of its own choice; killed at the end if it still runs."""
    return installation.worker("gateway", GATEWAY, TIDEMARK_GATEWAY_PORT="0", **environment)
