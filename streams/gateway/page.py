"""One whole answer over HTTP."""

from http import HTTPStatus
from typing import NamedTuple


class Page(NamedTuple):
    """What is sent back."""

    status: HTTPStatus
    content_type: str
    body: bytes
