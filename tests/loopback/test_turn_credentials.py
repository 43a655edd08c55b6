"""Whole connections with a provider's TURN servers, and with a provider that fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradio_webrtc import get_cloudflare_turn_credentials_async
from gradio_webrtc.credentials import automatic
from gradio_webrtc.credentials.automatic import AutomaticConfiguration
from gradio_webrtc.credentials.credential_cache import CACHE, CredentialCache
from tests.support.client import RefusedError
from tests.support.coturn import Coturn, coturn
from tests.support.echo_server import echo, heard
from tests.support.recognisable_tracks import SineTrack
from tests.support.turn_provider import HF_TOKEN, Provider, turn_provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Hugging Face's, in a Space with a token; nothing is known from before."""
    CACHE.forget()
    fresh = AutomaticConfiguration(cache=CredentialCache())
    monkeypatch.setattr("gradio_webrtc.options.AUTOMATIC", fresh)
    for name in ("CLOUDFLARE_TURN_KEY_ID", "CLOUDFLARE_TURN_KEY_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with turn_provider() as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SPACE_ID", "somebody/space")
        monkeypatch.setenv("HF_TOKEN", HF_TOKEN)
        yield running
    CACHE.forget()


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn(tmp_path_factory.mktemp("coturn")) as running:
        yield running


@pytest.mark.parametrize("source", ["auto", get_cloudflare_turn_credentials_async])
async def test_page_and_server_have_one_answer_of_the_provider(
    source: object, provider: Provider, turn: Coturn
) -> None:
    provider.servers = turn.configuration()["iceServers"]  # type: ignore[assignment]
    async with echo(rtc_configuration=source) as server:
        page = await server.stream.host.ice_configuration()
        assert page["rtc_configuration"]["iceServers"][0]["urls"] == [turn.url()]
        client = server.client(SineTrack())
        answer = await client.offer(await client.make_offer())
        assert " typ relay " in answer
        await client.take_answer(answer)
        await client.connected()
    assert len(provider.asked) == 1


@pytest.mark.parametrize("how", ["refuses", "talks nonsense", "is slow", "is not there"])
async def test_auto_goes_on_without_a_provider_that_fails(
    how: str,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(automatic, "PATIENCE_SECONDS", 0.2)
    if how == "refuses":
        provider.status = 429
    elif how == "talks nonsense":
        provider.body = b"<html>"
    elif how == "is slow":
        provider.gate.clear()
    else:
        monkeypatch.setenv("GRADIO_WEBRTC_HF_TURN_URL", "http://127.0.0.1:1")
    async with echo(rtc_configuration="auto", concurrency_limit=None) as server:
        assert await server.stream.host.ice_configuration() == {"rtc_configuration": None}
        for _ in range(2):
            await heard(await server.connected(SineTrack()))
    said = [each.getMessage() for each in caplog.records if "auto" in each.getMessage()]
    assert len(said) == 1
    assert HF_TOKEN not in caplog.text


async def test_what_the_app_asks_for_by_name_is_a_refusal_and_disturbs_nobody(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    async with echo(
        rtc_configuration=get_cloudflare_turn_credentials_async, concurrency_limit=2
    ) as server:
        talking = await server.connected(SineTrack())
        CACHE.forget()
        provider.status = 401
        other = server.client(SineTrack())
        with pytest.raises(RefusedError) as refused:
            await other.connect()
        assert refused.value.meta["error"] == "server_error"
        assert "Hugging Face" not in str(refused.value.meta)
        await heard(talking)
        provider.status = None
        await server.connected(SineTrack())
    [line] = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert "Check HF_TOKEN" in line
    assert HF_TOKEN not in caplog.text
