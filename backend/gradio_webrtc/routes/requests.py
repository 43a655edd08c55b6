"""What a request or a websocket's handshake says of whoever makes it."""

from __future__ import annotations

import asyncio

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect, HTTPConnection

from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.errors import OriginNotAllowedError
from gradio_webrtc.server.operation.process_id import COOKIE
from gradio_webrtc.server.origins import check_origin
from gradio_webrtc.server.quotas import Requester, network_of
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope, client_scope


def scope_of_request(request: HTTPConnection) -> Scope:
    """Return where the client of a request is, by its address and by what a proxy says of it."""
    return client_scope(request.client.host if request.client else None, request.headers)


def check_request(host: StreamHost, request: HTTPConnection) -> Requester:
    """Return who asks, after checking that it is no page of a site that may not.

    Browsers send ``Origin`` with the handshake of a websocket as they do with a POST, and no
    preflight comes before it: without this check every site could use it.

    Raises:
        HTTPException: 403, it is one.
    """
    try:
        check_origin(request.headers, host.settings.allowed_origins, request.scope.get("app"))
    except OriginNotAllowedError as refusal:
        host.answering.refused(refusal)
        raise HTTPException(403, refusal.message) from None
    # Whether a proxy's word for it counts is the HTTP server's to decide: uvicorn's proxy_headers.
    network = network_of(request.client.host if request.client else None)
    return Requester(None, network, request.cookies.get(COOKIE))


async def read_body(request: Request, what: str, most: int, seconds: float) -> bytes:
    """Return the body of a request, never holding more of it than is taken.

    Args:
        request: whose body nobody has read.
        what: how the body is called in a refusal.
        most: bytes that it may have.
        seconds: in which it has to arrive.

    Raises:
        HTTPException: 400, it was cut off; 408, it was too slow; 413, it is too large.
    """
    reading = asyncio.ensure_future(_received(request, what, most))
    if not await finished_within(reading, seconds):
        raise HTTPException(408, f"The {what} did not arrive within {seconds:g} seconds.")
    return reading.result()


async def _received(request: Request, what: str, most: int) -> bytes:
    received = bytearray()
    try:
        async for part in request.stream():
            received += part
            if len(received) > most:
                raise HTTPException(413, f"The {what} is larger than {most} bytes.")
    except ClientDisconnect:
        # Nobody reads the answer, but the HTTP server would log anything else as a failure of ours.
        raise HTTPException(400, f"The {what} was cut off.") from None
    return bytes(received)
