"""A provider that is slow, talks too much, or is not there costs little and is told of."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from gradio_webrtc.credentials import http_client
from gradio_webrtc.credentials.credential_request import CredentialRequest, hugging_face_request
from gradio_webrtc.credentials.http_client import ask
from gradio_webrtc.errors import TurnCredentialsError
from tests.support.turn_provider import HF_TOKEN, SECRETS, Provider


def request() -> CredentialRequest:
    return hugging_face_request(HF_TOKEN, 600)


async def refused(says: str) -> TurnCredentialsError:
    with pytest.raises(TurnCredentialsError, match=says) as found:
        await ask(request())
    error = found.value
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert not any(secret in str(error) for secret in SECRETS)
    return error


async def test_an_answer(provider: Provider) -> None:
    assert (await ask(request())).configuration["iceServers"]
    assert provider.asked == [("/credentials?ttl=600", "ttl=600")]


async def test_ones_own_client_asks_and_stays_open(provider: Provider) -> None:
    async with httpx.AsyncClient(headers={"User-Agent": "mine"}) as client:
        for _ in range(2):
            await ask(request(), client)
        assert not client.is_closed
    with pytest.raises(TurnCredentialsError, match="cannot be reached"):
        await ask(request(), client)


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_a_refusal_that_quotes_the_token(status: int, provider: Provider) -> None:
    provider.status = status
    provider.body = f"token {HF_TOKEN} is not known".encode()
    assert (await refused("HTTP")).status == status


async def test_a_redirect_gets_no_token(provider: Provider) -> None:
    provider.status, provider.headers = 302, {"Location": f"{provider.url}/credentials"}
    await refused("redirect")
    assert len(provider.asked) == 1


@pytest.mark.parametrize("compressed", [False, True])
async def test_a_huge_answer_is_not_read(compressed: bool, provider: Provider) -> None:
    body = b" " * 10_000_000
    provider.body = gzip.compress(body) if compressed else body
    provider.headers = {"Content-Encoding": "gzip"} if compressed else {}
    await refused("no JSON" if compressed else "65536 bytes")


@pytest.mark.parametrize("how", ["never", "byte by byte"])
async def test_a_slow_answer_is_not_waited_for(
    how: str, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "ANSWER_SECONDS", 0.3)
    if how == "never":
        provider.gate.clear()
    else:
        provider.drip = 0.1
    before = time.monotonic()
    await refused("within 0.3 seconds")
    assert time.monotonic() - before < 5


Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def speaking(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Let the provider be a server that says what ``talk`` does."""
    over = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await talk(writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    monkeypatch.setenv("GRADIO_WEBRTC_HF_TURN_URL", address)
    yield
    await over.wait()
    server.close()
    await server.wait_closed()


async def test_headers_that_never_end_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: 1\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    monkeypatch.setattr(http_client, "ANSWER_SECONDS", 0.4)
    async with speaking(talk, monkeypatch):
        await refused("within 0.4 seconds")


async def test_nobody_is_there(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_WEBRTC_HF_TURN_URL", "http://127.0.0.1:1")
    await refused("cannot be reached")


async def test_what_speaks_another_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")

    async with speaking(talk, monkeypatch):
        await refused("cannot be reached")


async def test_the_log_has_no_token(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await ask(request())
    provider.status = 401
    await refused("401")
    assert HF_TOKEN not in caplog.text
