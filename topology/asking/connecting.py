"""One request to a worker over HTTP, and the words for what may go wrong with it.

Decides what counts as no answer: whoever asks may ask again. Knows nothing of what is asked.
"""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from topology.asking.workers import Holder


class NoAnswer(Exception):  # noqa: N818 -- says what happened
    """A worker did not answer, or not to the end; the text says why."""


@contextmanager
def request(
    holder: Holder, path: str, body: bytes | None = None, *, timeout: float, may_lack: bool = False
) -> Iterator[http.client.HTTPResponse]:
    """A good answer, or that there is nothing of this name, if it ``may_lack`` it. With a body it is a POST.

    Raises ``NoAnswer``, also while the answer is read.
    """
    parts = urlsplit(holder.address or "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request("GET" if body is None else "POST", parts.path.rstrip("/") + path, body)
        answer = connection.getresponse()
        lacks = may_lack and answer.status == HTTPStatus.NOT_FOUND
        if answer.status == HTTPStatus.OK or lacks:
            yield answer
        else:
            raise NoAnswer(_reason(answer))
    except (OSError, http.client.HTTPException) as failure:
        raise NoAnswer(f"it does not answer ({str(failure) or type(failure).__name__})") from failure
    finally:
        connection.close()


def _reason(answer: http.client.HTTPResponse) -> str:
    body = answer.read()
    try:
        return str(msgspec.json.decode(body)["error"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        return f"it says {answer.status} {answer.reason}"
