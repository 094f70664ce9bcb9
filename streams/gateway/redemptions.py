"""Redemption over HTTP: may this customer redeem, redeem now, take a redemption back.

    POST /v1/validations                 {"customer": {"source_id": "c-42"}, "campaign": "club"}
    POST /v1/redemptions                 the same
    POST /v1/redemptions/{id}/rollback   the same

Decides what is asked on ``redemption-requests`` and how the decision is answered: a validation with 200 whatever it
says, a redemption and a rollback with 200 or 400. The decision is a worker's, the same as for who asks over Kafka.
"""

import asyncio
import uuid
from http import HTTPStatus

import msgspec
from aiohttp import web

from schemas.json_reading import read_json
from schemas.redemption_requests import Kind, RedemptionRequest, read_request
from schemas.rejections import Fault, Rejected, rejected
from streams.gateway.answers import body_of, refusal, response, unavailable
from streams.gateway.decisions import Decisions
from streams.gateway.sender import NotSent, Sender

_PATIENCE_SECONDS = 5.0


class Redemptions:
    """Asks workers on behalf of requests."""

    def __init__(self, sender: Sender, decisions: Decisions) -> None:
        self._sender = sender
        self._decisions = decisions

    def add_to(self, application: web.Application) -> None:
        """Serve the pages."""
        application.router.add_post("/v1/validations", self._validate)
        application.router.add_post("/v1/redemptions", self._redeem)
        application.router.add_post("/v1/redemptions/{id}/rollback", self._roll_back)

    async def _validate(self, request: web.Request) -> web.Response:
        return await self._ask(request, "validation")

    async def _redeem(self, request: web.Request) -> web.Response:
        return await self._ask(request, "redemption")

    async def _roll_back(self, request: web.Request) -> web.Response:
        return await self._ask(request, "rollback", rolls_back=request.match_info["id"])

    async def _ask(self, request: web.Request, kind: Kind, **more: str) -> web.Response:
        body = read_json(await body_of(request))
        if isinstance(body, Fault):
            return response(HTTPStatus.BAD_REQUEST, refusal(rejected([body])))
        if type(body) is dict:
            named = body.get("id") or request.headers.get("Idempotency-Key") or str(uuid.uuid4())
            body = {**body, "id": named, "kind": kind, **more}
        value = msgspec.json.encode(body)
        read = read_request(value)
        if isinstance(read, Rejected):
            return response(HTTPStatus.BAD_REQUEST, refusal(read))
        return await self._answer(read, value)

    async def _answer(self, asked: RedemptionRequest, value: bytes) -> web.Response:
        answer = self._decisions.expect(asked.id)
        try:
            await self._sender.send(asked.customer_id.encode(), value, ())
            decision = await asyncio.wait_for(answer, _PATIENCE_SECONDS)
        except NotSent as failure:
            return _unanswered(asked, "not_sent", f"{failure}; ask again with the same id")
        except TimeoutError:
            late = f"no worker answered within {_PATIENCE_SECONDS:.0f} s; ask again with the same id"
            return _unanswered(asked, "not_answered", late)
        finally:
            self._decisions.forget(asked.id, answer)
        if decision["valid"] or asked.kind == "validation":
            return response(HTTPStatus.OK, dict(decision))
        told = {**decision, "key": decision["code"], "code": HTTPStatus.BAD_REQUEST.value}
        return response(HTTPStatus.BAD_REQUEST, told)


def _unanswered(asked: RedemptionRequest, key: str, message: str) -> web.Response:
    return response(HTTPStatus.SERVICE_UNAVAILABLE, unavailable(key, message, id=asked.id))
