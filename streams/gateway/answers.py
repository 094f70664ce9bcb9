"""The form of the gateway's answers: JSON, with ``code``, ``key`` and ``message`` for whatever was not done."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from schemas.rejections import Rejected

_RETRY_SECONDS = 5

Outcome = dict[str, Any]
"""What is answered of one thing that was asked for."""


def refusal(rejection: Rejected) -> Outcome:
    """What is wrong with what was sent, in the words of ``rejected-events``."""
    faults = [
        {"reason": fault.reason, "path": fault.path, "expected": fault.expected, "found": fault.found}
        for fault in rejection.faults
    ]
    return {"code": 400, "key": rejection.reason, "message": str(rejection), "faults": faults}


def unavailable(key: str, message: str, **more: Any) -> Outcome:
    """Why something could not be done now, and that asking again is right."""
    return {"code": 503, "key": key, "message": message, **more}


def response(status: int, answer: Outcome) -> web.Response:
    """An answer in JSON, with the time to wait where it makes sense to ask again."""
    headers = {"Retry-After": str(_RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    text = json.dumps(answer, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


async def body_of(request: web.Request) -> bytes:
    """The body of a request. Raises what is answered where it cannot be read."""
    try:
        return await request.read()
    except web.RequestPayloadError as error:
        raise web.HTTPBadRequest(text=f"the body cannot be read: {error}") from error


@web.middleware
async def told_alike(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
    """What the framework refuses, in the form of every other refusal."""
    try:
        answer: web.StreamResponse = await handler(request)
    except web.HTTPException as refused:
        key = refused.reason.lower().replace(" ", "_")
        told = {"code": refused.status, "key": key, "message": refused.text or refused.reason}
        return response(refused.status, told)
    return answer
