"""``POST {path}/webrtc/offer``: offers and candidates."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from gradio_webrtc.errors import TooManyRequestsError
from gradio_webrtc.routes.requests import check_request, read_body, scope_of_request
from gradio_webrtc.server.operation.process_id import COOKIE
from gradio_webrtc.server.stream_host import StreamHost

MAX_BODY_BYTES = 128 * 1024
"""Twice the largest SDP accepted: JSON escapes every line end."""

BODY_SECONDS = 10.0
"""How long a body may take to arrive: a browser's offer of 8 kB, at 10 kbit/s."""


class OfferBody(BaseModel):
    """The body of ``POST {path}/webrtc/offer``: an offer, or one ICE candidate.

    An offer has ``sdp``; a candidate has ``candidate``, an ``RTCIceCandidateInit`` or null for the
    end of candidates. ``replaces`` names an earlier connection whose place this offer takes over.
    ``process`` is that of the answer, for candidates of clients that keep no cookies.
    """

    model_config = ConfigDict(extra="ignore")

    type: Literal["offer", "ice-candidate"]
    webrtc_id: str
    sdp: str | None = None
    candidate: dict[str, Any] | None = None
    replaces: str | None = None
    process: str | None = None


def add_webrtc(router: APIRouter, host: StreamHost, tags: list[str | Enum] | None) -> None:
    """Add the route to ``router``."""

    @router.post(
        "/webrtc/offer",
        tags=tags,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": OfferBody.model_json_schema()}},
            }
        },
    )
    async def offer(request: Request, response: Response) -> dict[str, Any]:
        """Negotiate a connection: answers the SDP answer, or why it was refused."""
        asking = check_request(host, request)
        _check_content_type(request)
        try:
            with host.answering.in_flight.request(asking):
                body = await _read_body(request)
        except TooManyRequestsError as refusal:
            return host.answering.refused(refusal)
        answer = await host.signal(body.model_dump(), asking, scope_of_request(request))
        if (process := answer.get("process")) is not None and process != asking.process:
            response.set_cookie(COOKIE, process, httponly=True, samesite="lax")
        return answer


def _check_content_type(request: Request) -> None:
    """Refuse what a page may send to any site without asking: text, a form, or no type at all."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, 'Send JSON, with the header "Content-Type: application/json".')


async def _read_body(request: Request) -> OfferBody:
    """Read and check the body, never holding more than ``MAX_BODY_BYTES`` of it."""
    data = await read_body(request, "body", MAX_BODY_BYTES, BODY_SECONDS)
    try:
        return OfferBody.model_validate(json.loads(data))
    except ValidationError as error:
        raise HTTPException(
            422, error.errors(include_url=False, include_context=False, include_input=False)
        ) from None
    except (ValueError, RecursionError):
        raise HTTPException(422, "The body must be JSON.") from None
