"""The routes for calls on a real server: what Twilio is answered, and who is refused."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import Any
from xml.etree import ElementTree

import httpx
import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect

from gradio_webrtc import Stream, TelephoneError, TelephoneOptions
from gradio_webrtc.routes.telephone import MAX_FORM_BYTES
from gradio_webrtc.simulated_calls.call import SimulatedCall
from tests.support.echo_handlers import EchoHandler
from tests.support.phone_server import PhoneServer
from tests.support.sessions import until

TOKEN = "the secret of the account"
FORM = {"CallSid": "CA1", "From": "+15550100", "To": "+15550199", "CallStatus": "ringing"}
INCOMING = "/phone/telephone/incoming"
HANDLER = "/phone/telephone/handler"


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)


def echo(**options: Any) -> Stream:
    return Stream(EchoHandler(), modality="audio", **options)


def stream_url(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    stream = ElementTree.fromstring(answer.text).find("Connect/Stream")
    assert stream is not None, answer.text
    return stream.get("url", "")


async def ask(app: FastAPI, path: str = INCOMING, base: str = "https://phone.example", **more: Any):
    transport = httpx.ASGITransport(app, root_path=more.pop("root_path", ""))
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        return await client.post(path, data=more.pop("data", FORM), **more)


def mounted(stream: Stream) -> FastAPI:
    app = FastAPI()
    stream.mount(app, path="/phone")
    return app


class TestIncoming:
    async def test_the_call_is_connected_with_the_handler_beside(self) -> None:
        app = mounted(echo())
        assert stream_url(await ask(app)) == f"wss://phone.example{HANDLER}"
        headers = {"x-forwarded-host": "outer.example", "x-forwarded-proto": "https"}
        answer = await ask(app, base="http://10.0.0.7:7860", headers=headers)
        assert stream_url(answer) == f"wss://outer.example{HANDLER}"

    async def test_a_prefix_that_a_proxy_has_taken_away_is_put_back(self) -> None:
        for path in (INCOMING, f"/app{INCOMING}"):  # uvicorn --root-path has put it back already
            answer = await ask(mounted(echo()), path, root_path="/app")
            assert stream_url(answer) == f"wss://phone.example/app{HANDLER}"

    async def test_the_public_url_of_the_author_counts(self) -> None:
        telephone = TelephoneOptions(public_url="https://known.example")
        app = mounted(echo(telephone=telephone))
        assert stream_url(await ask(app)) == f"wss://known.example{HANDLER}"

    async def test_only_posts_are_answered(self) -> None:
        transport = httpx.ASGITransport(mounted(echo()))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            assert (await client.get(INCOMING)).status_code == 405

    async def test_pages_of_other_sites_are_refused(self) -> None:
        app = mounted(echo())
        answer = await ask(app, headers={"origin": "https://evil.example"})
        assert answer.status_code == 403

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"a=" + b"b" * MAX_FORM_BYTES, 413),
            (b"\xff\xfe", 422),
            (b"&".join([b"a=1"] * 300), 422),
        ],
    )
    async def test_a_body_that_is_no_form(self, body: bytes, status: int) -> None:
        transport = httpx.ASGITransport(mounted(echo()))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            assert (await client.post(INCOMING, content=body)).status_code == status

    async def test_a_stream_with_video_cannot_be_called(self) -> None:
        app = mounted(Stream(lambda frame: frame, modality="video"))
        answer = await ask(app)
        assert answer.status_code == 400
        assert "audio only" in answer.text

    async def test_without_twilio_the_log_and_twilios_have_the_command(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setitem(sys.modules, "twilio.twiml.voice_response", None)
        answer = await ask(mounted(echo()))
        assert answer.status_code == 501
        assert "gradio_webrtc[phone]" in answer.text
        assert "gradio_webrtc[phone]" in caplog.text


class TestSignature:
    async def test_what_twilio_has_signed_is_answered(self) -> None:
        app = mounted(echo(telephone=TelephoneOptions(auth_token=TOKEN)))
        sign = RequestValidator(TOKEN).compute_signature
        signature = sign(f"https://phone.example{INCOMING}", FORM)
        # A proxy ends TLS and tells nothing of it.
        answer = await ask(
            app, base="http://phone.example", headers={"X-Twilio-Signature": signature}
        )
        assert stream_url(answer).startswith("wss://")
        query = sign(f"https://phone.example{INCOMING}?a=1", FORM)
        answer = await ask(app, f"{INCOMING}?a=1", headers={"X-Twilio-Signature": query})
        assert answer.status_code == 200

    @pytest.mark.parametrize("given", ["argument", "environment"])
    @pytest.mark.parametrize("signature", [None, "bm9uc2Vuc2U=", "ü"])
    async def test_anything_else_is_refused_and_logged_without_the_secret(
        self,
        given: str,
        signature: str | None,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.INFO)
        telephone = TelephoneOptions(auth_token=TOKEN if given == "argument" else None)
        if given == "environment":
            monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
        headers = {} if signature is None else {"X-Twilio-Signature": signature.encode()}
        answer = await ask(mounted(echo(telephone=telephone)), headers=headers)
        assert answer.status_code == 403
        assert "X-Twilio-Signature" in answer.text
        assert TOKEN not in answer.text + caplog.text
        assert caplog.text.count("invalid_signature") == 1

    async def test_without_a_token_everybody_is_answered_and_the_log_says_so_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        app = mounted(echo())
        for _ in range(2):
            assert (await ask(app)).status_code == 200
        assert caplog.text.count("set TWILIO_AUTH_TOKEN") == 1
        caplog.clear()
        app = mounted(echo(telephone=TelephoneOptions(auth_token="")))
        await ask(app)
        assert "TWILIO_AUTH_TOKEN" not in caplog.text, "asked for"

    async def test_calls_are_signed_to_their_end(self) -> None:
        stream = echo(telephone=TelephoneOptions(auth_token=TOKEN))
        async with PhoneServer(stream) as server:
            async with server.call(auth_token=TOKEN) as call:
                await until(lambda: len(call.events) > 3)
            await server.empty()
            with pytest.raises(TelephoneError, match="HTTP 403"):
                await server.call(auth_token="another").__aenter__()
            with pytest.raises(TelephoneError, match="HTTP 403"):
                await server.call().__aenter__()
            handler = server.url.replace("http", "ws") + HANDLER
            for token in ("", "another"):
                with pytest.raises(TelephoneError, match="HTTP 403"):
                    await SimulatedCall(handler, auth_token=token).__aenter__()
            async with SimulatedCall(handler, auth_token=TOKEN) as call:
                await until(lambda: len(call.events) > 3)

    async def test_a_page_of_another_site_cannot_open_the_websocket(self) -> None:
        async with PhoneServer(echo()) as server:
            url = server.url.replace("http", "ws") + HANDLER
            with pytest.raises(Exception, match="HTTP 403"):
                await connect(url, origin="https://evil.example", proxy=None)  # type: ignore[arg-type]


async def test_when_every_place_is_taken_the_caller_is_told() -> None:
    stream = echo(telephone=TelephoneOptions(busy="All of us are talking."))
    async with PhoneServer(stream) as server:
        async with server.call() as first, server.call() as second:
            await asyncio.wait_for(second.over.wait(), 30)
            assert second.spoken == ["All of us are talking."]
            assert second.events == []
            # Whose call was answered a moment before the last place was taken.
            handler = server.url.replace("http", "ws") + HANDLER
            async with SimulatedCall(handler) as third:
                await asyncio.wait_for(third.over.wait(), 30)
            assert third.events == []
            assert not first.over.is_set()
        await server.empty()
        async with server.call() as fourth:
            await until(lambda: len(fourth.events) > 3)


async def test_an_app_may_bring_its_own_routes() -> None:
    stream = echo(telephone=TelephoneOptions(goodbye="Goodbye."))
    app = FastAPI()
    seen: list[str] = []

    @app.post("/ring")
    async def ring(request: Request) -> Response:
        seen.append("ring")
        return await stream.handle_incoming_call(request)

    @app.websocket("/own/telephone/handler")
    async def handler(websocket: WebSocket) -> None:
        seen.append("handler")
        await websocket.accept()
        await stream.telephone_handler(websocket)
        seen.append("over")

    async with PhoneServer(stream, app) as server:
        async with SimulatedCall(f"{server.url}/ring") as call:  # by the mounted handler
            await until(lambda: len(call.events) > 3)
            stream.close_stream(call.stream_sid)
            await asyncio.wait_for(call.over.wait(), 30)
        assert call.spoken == ["Goodbye."]
        await server.empty()
        url = server.url.replace("http", "ws") + "/own/telephone/handler"
        async with SimulatedCall(url) as call:
            await call.say((8_000, np.full(4_000, 5_000, np.int16)))
            await until(lambda: np.abs(call.audio.astype(int)).max() > 4_000)
        await until(lambda: seen[-1] == "over")
    assert seen == ["ring", "handler", "over"]


@pytest.mark.parametrize("read", ["form", "body"])
async def test_a_route_of_an_app_may_have_read_the_form_before(read: str) -> None:
    app = FastAPI()
    stream = echo(telephone=TelephoneOptions(auth_token=TOKEN))
    callers: list[str] = []

    @app.post("/own/telephone/incoming")
    async def ring(request: Request) -> Response:
        if read == "form":
            callers.append(str((await request.form())["From"]))
        else:
            callers.append((await request.body()).decode())
        return await stream.handle_incoming_call(request)

    url = "https://phone.example/own/telephone/incoming"
    signature = RequestValidator(TOKEN).compute_signature(url, FORM)
    answer = await ask(app, "/own/telephone/incoming", headers={"X-Twilio-Signature": signature})
    assert stream_url(answer) == "wss://phone.example/own/telephone/handler"
    assert "15550100" in callers[0]


async def test_a_route_of_an_app_that_mounts_nothing_is_told_what_to_do() -> None:
    app = FastAPI()

    @app.post("/ring")
    async def ring(request: Request) -> Response:
        return await echo().handle_incoming_call(request)

    answer = await ask(app, "/ring")
    assert answer.status_code == 500
    assert "Mount the stream" in answer.text


async def test_behind_a_trusted_proxy_the_handshake_is_signed_for_the_outer_name() -> None:
    stream = echo(telephone=TelephoneOptions(auth_token=TOKEN))
    async with PhoneServer(stream) as server:
        url = f"wss://outer.example{HANDLER}"
        headers = {
            "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, {}),
            "X-Forwarded-Host": "outer.example",
            "X-Forwarded-Proto": "https",
        }
        inner = server.url.replace("http", "ws") + HANDLER
        async with connect(inner, additional_headers=headers, proxy=None) as socket:
            await socket.send(json.dumps({"event": "connected"}))
            await socket.send(json.dumps({"event": "start", "start": {"streamSid": "MZ7"}}))
            await until(lambda: stream.host.registry.find("MZ7") is not None)


def test_uvicorn_has_a_websocket_library() -> None:
    config = uvicorn.Config(FastAPI())
    config.load()
    assert config.ws_protocol_class is not None
