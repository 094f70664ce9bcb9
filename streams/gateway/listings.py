"""Lists over HTTP: ``PUT /v1/segments/{id}/customers/{customer_id}`` puts a customer on one, ``DELETE`` takes him off.

Decides that only a segment whose customers are told one by one takes any, and what is answered. A record goes to the
partition of its customer. Does not know who is on the list: being told the same again is no mistake.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from schemas.rejections import Rejected
from schemas.segment_lists import key_of, read_listing, value_of
from streams.domain.faults import nearest
from streams.domain.identities import SegmentId
from streams.domain.segments import Segment
from streams.gateway.answers import refusal, response, unavailable
from streams.gateway.sender import NotSent, Sender

PATH = "/v1/segments/{id}/customers/{customer_id}"

Segments = Callable[[], Mapping[SegmentId, Segment]]
"""Those that are in force."""


class Listings:
    """Takes listings from requests."""

    def __init__(self, sender: Sender, partition_of: Callable[[str], int], segments: Segments) -> None:
        self._sender = sender
        self._partition_of = partition_of
        self._segments = segments

    def add_to(self, application: web.Application) -> None:
        """Serve the pages."""
        application.router.add_put(PATH, self._put)
        application.router.add_delete(PATH, self._delete)

    async def _put(self, request: web.Request) -> web.Response:
        return await self._send(request, listed=True)

    async def _delete(self, request: web.Request) -> web.Response:
        return await self._send(request, listed=False)

    async def _send(self, request: web.Request, *, listed: bool) -> web.Response:
        segment, customer = SegmentId(request.match_info["id"]), request.match_info["customer_id"]
        missing = _missing(segment, self._segments())
        if missing is not None:
            told = {"code": HTTPStatus.NOT_FOUND.value, "key": "no_such_list", "message": missing}
            return response(HTTPStatus.NOT_FOUND, told)
        key, value = key_of(segment, customer), value_of(segment, customer) if listed else None
        read = read_listing(key, value)
        if isinstance(read, Rejected):
            return response(HTTPStatus.BAD_REQUEST, refusal(read))
        try:
            place = await self._sender.send(key, value, (), self._partition_of(customer))
        except NotSent as failure:
            unsent = unavailable("not_sent", f"{failure}; send it again")
            return response(HTTPStatus.SERVICE_UNAVAILABLE, unsent)
        told = {"segment_id": segment, "customer_id": customer, "listed": listed}
        return response(HTTPStatus.ACCEPTED, told | place._asdict())


def _missing(name: SegmentId, segments: Mapping[SegmentId, Segment]) -> str | None:
    """Why the segment takes no customers; none if it does."""
    segment = segments.get(name)
    if segment is None:
        hint = nearest(name, segments) or "it may have been applied a moment ago: ask again"
        return f"no segment {name} is live; {hint}"
    if segment.listed:
        return None
    return f"segment {name} is not told one by one; define it with `type: static` and `members: topic`"
