"""Asking a page of a real process, refusals included."""

import json
import urllib.error
import urllib.request
from typing import Any


def answered(address: str, method: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    """Status and JSON of the answer; ``_`` in the name of a header stands for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as page:
            return page.status, json.load(page)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)
