"""What a client learns of a request that went wrong, and what only the log does."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import InvalidOfferError, TurnCredentialsError
from gradio_webrtc.server.answering import LOGGED_AT_ONCE, Answer, Answering
from gradio_webrtc.server.quotas import Requester
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.transports.ice import ice_servers as ice
from tests.support import sdp

SECRET = "https://turn.example/credentials?apiKey=hunter2"
OFFER = {"type": "offer", "webrtc_id": "a", "sdp": sdp.offer(("video", "sendrecv"))}


def host(provider: Any) -> StreamHost:
    stream = Stream(lambda frame: frame, rtc_configuration=provider, show_error=True)
    return stream.host


def refused(answer: Answer, code: str) -> str:
    assert answer["status"] == "failed"
    assert answer["meta"]["error"] == code
    text = str(answer)
    assert "hunter2" not in text
    assert "turn.example" not in text
    error_id: str = answer["meta"]["message"].partition("(error ")[2][:8]
    assert len(error_id) == 8
    return error_id


@pytest.mark.parametrize("question", ["signal", "ice_configuration"])
async def test_a_providers_secret_stays_in_the_log(
    question: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def provider() -> dict[str, Any]:
        raise RuntimeError(f"Client error '401' for url '{SECRET}'")

    answer = await getattr(host(provider), question)(OFFER)
    error_id = refused(answer, "server_error")
    assert f"(error {error_id})" in caplog.text
    assert SECRET in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    "url", ["turn:me:hunter2@turn.example", "https://turn.example/?apiKey=hunter2"]
)
async def test_an_address_with_a_password_in_it_is_not_even_logged(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await host(lambda: {"iceServers": [{"urls": url}]}).signal(OFFER)
    error_id = refused(answer, "configuration_error")
    assert f"(error {error_id})" in caplog.text
    assert "hunter2" not in caplog.text


async def test_a_provider_that_hangs_holds_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    async def provider() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(ice, "PROVIDER_SECONDS", 0.05)
    hanging = host(provider)
    refused(await hanging.signal(OFFER), "configuration_error")
    hanging.registry.claim("next", None)


async def test_a_strangers_requests_do_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answering = Answering()

    async def refuse() -> Answer:
        raise InvalidOfferError("no")

    for _ in range(1000):
        await answering.answer(Requester(), refuse())
    assert len(caplog.records) <= LOGGED_AT_ONCE + 1


async def test_every_failure_has_its_id_in_the_log_but_not_every_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answering = Answering()

    async def fail() -> Answer:
        raise KeyError("x")

    for _ in range(50):
        error_id = refused(await answering.answer(Requester(), fail()), "server_error")
        assert f"(error {error_id})" in caplog.text
    assert caplog.text.count("Traceback") <= LOGGED_AT_ONCE + 1


async def test_a_provider_of_turn_servers_that_refuses_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def provider() -> dict[str, Any]:
        raise TurnCredentialsError("Twilio", "Twilio refused. Check TWILIO_AUTH_TOKEN.", status=401)

    answer = await host(provider).signal(OFFER)
    assert answer["meta"]["error"] == "server_error"
    assert "Twilio" not in str(answer)
    [line] = [record.getMessage() for record in caplog.records]
    assert line.endswith("Check TWILIO_AUTH_TOKEN.")
    assert "Traceback" not in caplog.text
