"""Sending a request for credentials: bounded in time and size, and without redirects.

httpx comes with Gradio. It is imported with the first request: nobody else needs it here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.credentials.credential_request import CredentialRequest
from gradio_webrtc.credentials.provider_answer import (
    MAX_BYTES,
    Credentials,
    read_answer,
    too_large,
    too_slow,
    unreachable,
)

if TYPE_CHECKING:
    import httpx

ANSWER_SECONDS = 10.0
"""How long a provider may take altogether; real ones take well under one."""

UNCOMPRESSED = ("Accept-Encoding", "identity")
"""A few compressed bytes can stand for more than is read; what is compressed anyway is no JSON."""


async def ask(request: CredentialRequest, client: httpx.AsyncClient | None = None) -> Credentials:
    """Return the answer to ``request``, asked with ``client`` or with one for this time only.

    Raises:
        TurnCredentialsError: no credentials came of it.
    """
    import httpx

    try:
        if client is not None:
            return await _ask_with(client, request)
        async with httpx.AsyncClient() as own:
            return await _ask_with(own, request)
    except httpx.TimeoutException:
        raise too_slow(request, ANSWER_SECONDS) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError) as error:
        # Neither the error nor its text goes along, since both may quote a header, and with it the
        # token. RuntimeError: the client has been closed.
        raise unreachable(request, type(error).__name__) from None


async def _ask_with(client: httpx.AsyncClient, request: CredentialRequest) -> Credentials:
    reading = asyncio.ensure_future(_read(client, request))
    if not await finished_within(reading, ANSWER_SECONDS):
        raise too_slow(request, ANSWER_SECONDS)
    return read_answer(request, *reading.result())


async def _read(
    client: httpx.AsyncClient, request: CredentialRequest
) -> tuple[int, dict[str, str], bytes]:
    body = bytearray()
    async with client.stream(
        request.method,
        request.url,
        headers=[*request.headers, UNCOMPRESSED],
        content=request.content,
        follow_redirects=False,
        timeout=ANSWER_SECONDS,
    ) as response:
        async for piece in response.aiter_raw(4096):
            body += piece
            if len(body) > MAX_BYTES:
                raise too_large(request)
    return response.status_code, dict(response.headers), bytes(body)
