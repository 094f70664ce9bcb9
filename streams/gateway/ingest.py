"""Events over HTTP: ``POST /v1/events`` checks them as a worker would, and answers when the broker has them.

Decides what a request may look like and what is answered. An event that conforms is sent as it came, with an id if it
had none. Knows neither definitions nor Kafka: the check and the sender are handed to it.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from aiohttp import web

from schemas.envelope import Headers
from schemas.rejections import Rejected
from schemas.wire import Decoded
from streams.gateway.answers import Outcome, body_of, refusal, response, told_alike, unavailable
from streams.gateway.sender import NotSent, Sender

MOST_EVENTS = 10_000
"""In one request."""
LARGEST_REQUEST = 10 * 1024 * 1024
"""Bytes of a request."""
_JSON, _LINES, _BYTES = (
    "application/json",
    "application/x-ndjson",
    ("application/octet-stream", "avro/binary"),
)
_CLOUD_EVENTS = ("ce-id", "ce-type", "ce-source", "ce-time")

Check = Callable[[bytes, Headers | None, int], Decoded | Rejected]
"""Reads an event, with the headers of its record and the time in milliseconds."""


class Counted(NamedTuple):
    """What the gateway tells of itself."""

    event: Callable[[str, str], None]
    """One event, by its name (empty unless it is defined) and what became of it: accepted, rejected or failed."""
    request: Callable[[float], None]
    """Seconds that a request took."""


class Ingest:
    """Takes events from requests."""

    def __init__(self, check: Check, sender: Sender, counted: Counted) -> None:
        self._check = check
        self._sender = sender
        self._counted = counted

    def application(self) -> web.Application:
        """The pages."""
        application = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[told_alike])
        application.router.add_post("/v1/events", self._post)
        return application

    async def _post(self, request: web.Request) -> web.Response:
        began = time.monotonic()
        body = await body_of(request)
        kind = request.content_type
        values = [body] if kind in _BYTES or (kind == _JSON and not _is_list(body)) else None
        if values is not None:
            answer = _answered(
                await self._take(values[0], _headers(request), request.headers.get("Idempotency-Key"))
            )
        elif kind in {_JSON, _LINES}:
            values = list(_split(body, kind))
            if len(values) > MOST_EVENTS:
                raise web.HTTPRequestEntityTooLarge(
                    MOST_EVENTS, len(values), text=f"at most {MOST_EVENTS} events"
                )
            taken = [self._take(value, (), None) for value in values]
            answer = _answered_all(await asyncio.gather(*taken))
        else:
            raise web.HTTPUnsupportedMediaType(text=f"send {_JSON}, {_LINES} or {_BYTES[0]}, not {kind}")
        self._counted.request(time.monotonic() - began)
        return answer

    async def _take(
        self, value: bytes, headers: Sequence[tuple[str, bytes]], spare_id: str | None
    ) -> Outcome:
        """Check one event, send it and wait for the answer."""
        read = self._read(value, headers)
        if not isinstance(read, Rejected) and read.id is None and value.lstrip()[:1] == b"{":
            named = {**msgspec.json.decode(value), "id": spare_id or str(uuid.uuid4())}
            value = msgspec.json.encode(named)
            read = self._read(value, headers)  # it is longer now, and the id may be none
        if isinstance(read, Rejected):
            self._counted.event(read.event or "", "rejected")
            return refusal(read)
        try:
            place = await self._sender.send(read.customer_id.encode(), value, headers)
        except NotSent as failure:
            self._counted.event(read.name, "failed")
            return unavailable("not_sent", f"{failure}; send it again", id=read.id)
        self._counted.event(read.name, "accepted")
        return {"id": read.id, "partition": place.partition, "offset": place.offset}

    def _read(self, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Decoded | Rejected:
        return self._check(value, headers or None, time.time_ns() // 1_000_000)


def _headers(request: web.Request) -> list[tuple[str, bytes]]:
    """CloudEvents' headers of HTTP as those of Kafka."""
    found = ((name, request.headers.get(name)) for name in _CLOUD_EVENTS)
    return [(name.replace("-", "_"), value.encode()) for name, value in found if value is not None]


def _is_list(body: bytes) -> bool:
    return body.lstrip()[:1] == b"["


def _split(body: bytes, kind: str) -> Iterator[bytes]:
    if kind == _LINES:
        yield from (line for line in body.split(b"\n") if line.strip())
        return
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise web.HTTPBadRequest(text=f"not a list of events in JSON: {error}") from error
    yield from map(bytes, items)


def _answered(outcome: Outcome) -> web.Response:
    if "code" in outcome:
        return response(outcome["code"], outcome)
    return response(HTTPStatus.ACCEPTED, {"accepted": 1, "events": [outcome]})


def _answered_all(outcomes: Sequence[Outcome]) -> web.Response:
    accepted = sum("code" not in outcome for outcome in outcomes)
    told = [{"index": index, **outcome} for index, outcome in enumerate(outcomes)]
    if accepted == len(outcomes):
        return response(HTTPStatus.ACCEPTED, {"accepted": accepted, "events": told})
    answer = {"accepted": accepted, "refused": len(outcomes) - accepted, "events": told}
    return response(HTTPStatus.MULTI_STATUS, answer)
