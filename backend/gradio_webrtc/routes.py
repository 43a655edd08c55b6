"""The HTTP routes of a mounted stream."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from gradio_webrtc.transports.candidate_addresses import Scope, client_scope
from gradio_webrtc.transports.host import StreamHost

MAX_BODY_BYTES = 128 * 1024
"""Twice the largest SDP accepted: JSON escapes every line end."""


class OfferBody(BaseModel):
    """The body of ``POST {path}/webrtc/offer``: an offer, or one ICE candidate.

    An offer has ``sdp``; a candidate has ``candidate``, an ``RTCIceCandidateInit`` or null for the
    end of candidates. ``replaces`` names an earlier connection whose place this offer takes over.
    """

    model_config = ConfigDict(extra="ignore")

    type: Literal["offer", "ice-candidate"]
    webrtc_id: str
    sdp: str | None = None
    candidate: dict[str, Any] | None = None
    replaces: str | None = None


def make_router(host: StreamHost, path: str, tags: list[str | Enum] | None) -> APIRouter:
    """Return the routes of one stream under ``path``."""
    router = APIRouter(prefix=path)

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
    async def offer(request: Request) -> dict[str, Any]:
        """Negotiate a connection: answers the SDP answer, or why it was refused."""
        body = await _read_body(request)
        return await host.signal(body.model_dump(), client=scope_of_request(request))

    return router


def scope_of_request(request: Request) -> Scope:
    """Return where the client of a request is, by its address and by what a proxy says of it."""
    return client_scope(request.client.host if request.client else None, request.headers)


async def _read_body(request: Request) -> OfferBody:
    """Read and check the body, never holding more than ``MAX_BODY_BYTES`` of it."""
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > MAX_BODY_BYTES:
            raise HTTPException(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    try:
        return OfferBody.model_validate(json.loads(bytes(received)))
    except ValidationError as error:
        raise HTTPException(
            422, error.errors(include_url=False, include_context=False, include_input=False)
        ) from None
    except (ValueError, RecursionError):
        raise HTTPException(422, "The body must be JSON.") from None
