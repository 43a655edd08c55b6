"""The published functions: their signatures, and what comes of them at a provider."""

from __future__ import annotations

import inspect
from typing import Any

import httpx
import pytest

import gradio_webrtc
from gradio_webrtc import (
    ConfigurationError,
    get_cloudflare_turn_credentials,
    get_cloudflare_turn_credentials_async,
    get_hf_turn_credentials,
    get_hf_turn_credentials_async,
    get_turn_credentials,
    get_turn_credentials_async,
    get_twilio_turn_credentials,
)
from gradio_webrtc.transports.ice.ice_servers import resolve_configuration
from tests.support.turn_provider import API_TOKEN, AUTH_TOKEN, HF_TOKEN, KEY_ID, SID, Provider

SIGNATURES = {
    "get_hf_turn_credentials": "token=None, ttl=600",
    "get_hf_turn_credentials_async": "token=None, ttl=600, client=None",
    "get_cloudflare_turn_credentials": (
        "turn_key_id=None, turn_key_api_token=None, hf_token=None, ttl=600"
    ),
    "get_cloudflare_turn_credentials_async": (
        "turn_key_id=None, turn_key_api_token=None, hf_token=None, ttl=600, client=None"
    ),
    "get_twilio_turn_credentials": "twilio_sid=None, twilio_token=None",
}
"""As published code calls them."""


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_signatures_are_the_published_ones(name: str) -> None:
    parameters = inspect.signature(getattr(gradio_webrtc, name)).parameters.values()
    found = ", ".join(f"{each.name}={each.default}" for each in parameters)
    assert found == SIGNATURES[name]
    assert gradio_webrtc.__all__.count(name) == 1


def test_cloudflare_is_the_usual_method() -> None:
    for function in (get_turn_credentials, get_turn_credentials_async):
        assert inspect.signature(function).parameters["method"].default == "cloudflare"


@pytest.fixture
def everything(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setenv("CLOUDFLARE_TURN_KEY_ID", KEY_ID)
    monkeypatch.setenv("CLOUDFLARE_TURN_KEY_API_TOKEN", API_TOKEN)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", SID)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", AUTH_TOKEN)
    return provider


def test_by_the_environment(everything: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = get_cloudflare_turn_credentials()["iceServers"][1]
    assert turn["username"] == "bc91b63e"
    twilio = get_twilio_turn_credentials()
    assert twilio["iceTransportPolicy"] == "relay"
    monkeypatch.setenv("HF_TOKEN", HF_TOKEN)
    assert get_hf_turn_credentials()["iceServers"]
    assert get_cloudflare_turn_credentials()["iceServers"]
    paths = [path.partition("?")[0].rsplit("/", 1)[-1] for path, _ in everything.asked]
    assert paths == ["generate-ice-servers", "Tokens.json", "credentials"]


async def test_by_arguments(provider: Provider) -> None:
    async with httpx.AsyncClient() as client:
        calls = (
            get_cloudflare_turn_credentials_async(KEY_ID, API_TOKEN, ttl=60, client=client),
            get_cloudflare_turn_credentials_async(hf_token=HF_TOKEN),
            get_hf_turn_credentials_async(HF_TOKEN, 700, client),
            get_turn_credentials_async("twilio", twilio_sid=SID, twilio_token=AUTH_TOKEN),
            get_turn_credentials_async(method="hf", token=HF_TOKEN, client=client, ttl=800),
            get_turn_credentials_async(turn_key_id=KEY_ID, turn_key_api_token=API_TOKEN),
        )
        for call in calls:
            assert (await call)["iceServers"]
    sent = [body for _, body in provider.asked]
    assert sent == [{"ttl": 60}, "ttl=600", "ttl=700", "", "ttl=800", {"ttl": 600}]


def test_by_method(everything: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_turn_credentials(ttl=60) == get_cloudflare_turn_credentials(ttl=60)
    assert get_turn_credentials("twilio") == get_twilio_turn_credentials()
    assert get_turn_credentials("hf", token=HF_TOKEN) == get_hf_turn_credentials(HF_TOKEN)
    assert len(everything.asked) == 3


def test_an_unknown_method_or_argument_is_named() -> None:
    with pytest.raises(ValueError, match="method must be one of 'cloudflare', 'hf', 'twilio'"):
        get_turn_credentials("xirsys")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="takes twilio_sid, twilio_token, not ttl"):
        get_turn_credentials("twilio", ttl=60)


SOURCES: dict[str, Any] = {
    "the coroutine function itself": get_cloudflare_turn_credentials_async,
    "the function itself": get_cloudflare_turn_credentials,
    "a lambda": lambda: get_cloudflare_turn_credentials(ttl=900),
    "a lambda of the coroutine": lambda: get_turn_credentials_async(ttl=900),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
async def test_each_may_be_the_rtc_configuration(source: Any, everything: Provider) -> None:
    for _ in range(3):
        configuration = await resolve_configuration(source)
        assert configuration is not None
        assert configuration["iceServers"][1]["username"] == "bc91b63e"
    assert len(everything.asked) == 1


def test_a_dict_may_be_it_too(everything: Provider) -> None:
    stream = gradio_webrtc.Stream(
        lambda frame: frame, rtc_configuration=get_cloudflare_turn_credentials()
    )
    assert stream.host.settings.rtc_configuration["iceServers"]  # type: ignore[index]
