"""`rtc_configuration="auto"`: TURN where the environment has the keys, and never a failure."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from gradio_webrtc import Stream, WebRTC
from gradio_webrtc.credentials import automatic
from gradio_webrtc.credentials.automatic import AUTOMATIC, AutomaticConfiguration
from gradio_webrtc.credentials.credential_cache import CredentialCache
from gradio_webrtc.credentials.credential_request import hugging_face_request
from tests.support.thread_fixtures import run_until
from tests.support.turn_provider import API_TOKEN, HF_TOKEN, KEY_ID, SECRETS, Provider

SPACE = {"SPACE_ID": "somebody/space", "HF_TOKEN": HF_TOKEN}
KEYS = {"CLOUDFLARE_TURN_KEY_ID": KEY_ID, "CLOUDFLARE_TURN_KEY_API_TOKEN": API_TOKEN}


class Auto:
    """What is tested, with a clock that a test turns."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.now = 100.0
        self.cache = CredentialCache(lambda: self.now)
        self.ask = AutomaticConfiguration(environment, self.cache, lambda: self.now)


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    texts = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert not any(secret in text for text in texts for secret in SECRETS)
    return texts


async def test_a_space_with_a_token_has_turn_servers(provider: Provider) -> None:
    auto = Auto(SPACE)
    for _ in range(3):
        found = await auto.ask()
        assert found is not None
        assert found["iceServers"][1]["credential"] == "ebd71f1d"
        assert "iceTransportPolicy" not in found
    assert len(provider.asked) == 1


async def test_without_keys_nobody_is_asked(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    assert await Auto({"HF_TOKEN": HF_TOKEN}).ask() is None
    assert provider.asked == []
    assert not caplog.records


async def test_credentials_last_for_a_long_conversation(provider: Provider) -> None:
    auto = Auto(KEYS)
    await auto.ask()
    assert provider.asked[0][1] == {"ttl": 14_400}
    auto.now += 7_100
    await auto.ask()
    assert len(provider.asked) == 1
    auto.now += 200
    await auto.ask()
    assert len(provider.asked) == 2


@pytest.mark.parametrize("status", [401, 429, 500, 302])
async def test_a_refusal_is_logged_once_and_costs_the_turn_servers_only(
    status: int, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.status, provider.body = status, HF_TOKEN.encode()
    auto = Auto(SPACE)
    for _ in range(3):
        assert await auto.ask() is None
    assert len(provider.asked) == 1  # the next ones do not wait for it
    [warning] = warnings_in(caplog)
    assert "goes on without TURN servers" in warning
    assert f"(HTTP {status})" in warning
    auto.now += 31
    assert await auto.ask() is None
    assert len(provider.asked) == 2
    assert len(warnings_in(caplog)) == 1  # the same again is no news


async def test_it_is_back_when_the_provider_is(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="gradio_webrtc")
    provider.status = 500
    auto = Auto(SPACE)
    assert await auto.ask() is None
    provider.status = None
    auto.now += 31
    assert await auto.ask() is not None
    assert "has TURN servers again" in caplog.text


async def test_a_provider_that_says_when_is_asked_then(provider: Provider) -> None:
    provider.status, provider.headers = 429, {"Retry-After": "100"}
    auto = Auto(SPACE)
    await auto.ask()
    provider.status = None
    auto.now += 99
    assert await auto.ask() is None
    auto.now += 2
    assert await auto.ask() is not None


async def test_one_that_says_a_year_is_asked_after_minutes(provider: Provider) -> None:
    provider.status, provider.headers = 429, {"Retry-After": "31536000"}
    auto = Auto(SPACE)
    await auto.ask()
    provider.status = None
    auto.now += 301
    assert await auto.ask() is not None


async def test_a_slow_one_is_not_waited_for_and_serves_the_next(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(automatic, "PATIENCE_SECONDS", 0.1)
    provider.gate.clear()
    auto = Auto(SPACE)
    before = time.monotonic()
    assert await asyncio.gather(*(auto.ask() for _ in range(20))) == [None] * 20
    assert await auto.ask() is None
    assert time.monotonic() - before < 3
    assert len(warnings_in(caplog)) == 1
    provider.gate.set()
    request = hugging_face_request(HF_TOKEN, automatic.TTL_SECONDS)
    await run_until(lambda: auto.cache.knows(request))
    assert await auto.ask() is not None
    assert len(provider.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b" " * 100_000, b'{"iceServers": [1]}'])
async def test_nonsense_is_logged_once(
    body: bytes, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.body = body
    auto = Auto(SPACE)
    assert [await auto.ask() for _ in range(2)] == [None, None]
    assert len(warnings_in(caplog)) == 1


async def test_half_a_key_is_named(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    auto = Auto({"CLOUDFLARE_TURN_KEY_ID": KEY_ID})
    assert [await auto.ask() for _ in range(2)] == [None, None]
    [warning] = warnings_in(caplog)
    assert "turn_key_api_token" in warning
    assert provider.asked == []


def test_it_has_to_be_asked_for_and_is_no_part_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SPACE | KEYS:
        monkeypatch.setenv(name, "not even a token \n in here")
    stream = Stream(lambda frame: frame, rtc_configuration="auto")
    assert stream.host.settings.rtc_configuration is AUTOMATIC
    assert Stream(lambda frame: frame).host.settings.rtc_configuration is None
    component = WebRTC(rtc_configuration="auto", server_rtc_configuration="auto")
    config = component.get_config()
    assert config["dynamic_rtc_configuration"] is True
    assert config["rtc_configuration"] is None
    assert WebRTC().get_config()["dynamic_rtc_configuration"] is False
