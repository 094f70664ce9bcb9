"""Customers over HTTP: ``PUT /v1/customers/{id}`` tells of one, ``DELETE`` has one forgotten.

Decides what is answered; a profile is checked as a worker would, and sent as it came. Knows nothing of what was known
before, so it cannot say whether there is such a customer.
"""

from http import HTTPStatus

from aiohttp import web

from schemas.customers import read_customer
from schemas.rejections import Rejected
from streams.gateway.answers import body_of, refusal, response, unavailable
from streams.gateway.sender import NotSent, Sender

PATH = "/v1/customers/{id}"


class Profiles:
    """Takes profiles and deletions from requests."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def add_to(self, application: web.Application) -> None:
        """Serve the pages."""
        application.router.add_put(PATH, self._put)
        application.router.add_delete(PATH, self._delete)

    async def _put(self, request: web.Request) -> web.Response:
        return await self._send(request, await body_of(request) or b"{}")

    async def _delete(self, request: web.Request) -> web.Response:
        return await self._send(request, None)

    async def _send(self, request: web.Request, value: bytes | None) -> web.Response:
        key = request.match_info["id"].encode()
        read = read_customer(key, value)
        if isinstance(read, Rejected):
            return response(HTTPStatus.BAD_REQUEST, refusal(read))
        try:
            place = await self._sender.send(key, value, ())
        except NotSent as failure:
            unsent = unavailable("not_sent", f"{failure}; send it again")
            return response(HTTPStatus.SERVICE_UNAVAILABLE, unsent)
        told = {"customer_id": read.customer_id, "partition": place.partition, "offset": place.offset}
        return response(HTTPStatus.ACCEPTED, told)
