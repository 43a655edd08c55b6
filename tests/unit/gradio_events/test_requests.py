"""What a page may do through Gradio's own routes: with its own connection, and no other."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.routes import App

from gradio_webrtc import UnknownConnectionError, WebRTC
from gradio_webrtc.gradio_events.requests import gradio_words_for, page_of_event
from gradio_webrtc.server.answering import LOGGED_AT_ONCE
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.session.session import Session
from tests.support import sdp
from tests.support.registry import enter, handler_of
from tests.support.sessions import outputs_of, settle

OURS = {"host": "app.example.org", "origin": "https://app.example.org"}
FOREIGN = {**OURS, "origin": "https://evil.example"}


class Site:
    """An app in which each function that takes an id is a listener, with two people connected."""

    def __init__(self, **options: Any) -> None:
        with gr.Blocks() as demo:
            self.webrtc = webrtc = WebRTC(**options)
            webrtc.stream(lambda frame, *_: frame, [webrtc], [webrtc], concurrency_limit=None)
            button, word = gr.Button(), gr.Textbox()
            quick: dict[str, Any] = {"queue": False}
            button.click(webrtc.close_stream, [webrtc], api_name="close", **quick)
            button.click(webrtc.set_input, [webrtc, word], api_name="set", **quick)

            def close_any(webrtc_id: str) -> None:
                webrtc.close_stream(webrtc_id, check_owner=False)

            def close_in_own_function(webrtc_id: str) -> None:
                webrtc.close_stream(webrtc_id)

            async def fetch(webrtc_id: str) -> str:
                return str((await webrtc.fetch_latest_output(webrtc_id)).args)

            button.click(close_any, [webrtc], api_name="moderate", **quick)
            button.click(close_in_own_function, [webrtc], api_name="mine", **quick)
            button.click(fetch, [webrtc], word, api_name="fetch", **quick)
        self.demo = demo
        assert webrtc._host is not None
        self.host = webrtc._host
        self.registry: SessionRegistry = self.host.registry
        self.app = App.create_app(demo)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self.sessions: dict[str, Session] = {
            name: enter(self.registry, name, owner) for name, owner in (("a", "A"), ("b", "B"))
        }
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as self.http:
            yield
        await self.registry.close_all()

    async def call(self, name: str, page: str, *data: Any) -> httpx.Response:
        body = {"data": list(data), "session_hash": page}
        answer = await self.http.post(f"/gradio_api/run/{name}", json=body)
        await settle()
        return answer

    async def ask(self, fn: str, headers: dict[str, str], body: dict[str, Any]) -> Any:
        request = {
            "data": body,
            "component_id": self.webrtc._id,
            "session_hash": "A",
            "fn_name": fn,
        }
        route = "/gradio_api/component_server"
        # As text, which any page may send to any site without asking first.
        headers = {**headers, "Content-Type": "text/plain"}
        answer = await self.http.post(route, content=httpx.Request(
            "POST", "http://test", json=request).content, headers=headers)  # fmt: skip
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.mark.parametrize("name", ["close", "mine"])
async def test_nobody_closes_the_connection_of_another(name: str) -> None:
    site = Site()
    async with site.open():
        await site.call(name, "B", "a")
        assert site.sessions["a"].ending is None
        await site.call(name, "A", "a")
        assert site.sessions["a"].ending is not None
        assert site.sessions["b"].ending is None


async def test_nobody_gives_values_to_the_connection_of_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    site = Site()
    async with site.open():
        await site.call("set", "B", "a", "wicked")
        assert handler_of(site.sessions["a"]).args == []
        await site.call("set", "A", "a", "own")
        assert handler_of(site.sessions["a"]).args == [("own",)]


async def test_nobody_reads_the_outputs_of_another(capsys: pytest.CaptureFixture[str]) -> None:
    site = Site()
    async with site.open():
        answer = await site.call("fetch", "B", "a")
        assert answer.status_code == 500
        assert not outputs_of(site.sessions["a"]).read_by_id


async def test_an_event_that_checks_for_itself_may_act_on_all() -> None:
    site = Site()
    async with site.open():
        await site.call("moderate", "B", "a")
        assert site.sessions["a"].ending is not None


async def test_the_apps_own_code_may_act_on_all() -> None:
    site = Site()
    async with site.open():
        site.webrtc.set_input("a", "value")
        site.webrtc.close_stream("b", "Good night.")
        await settle()
        assert handler_of(site.sessions["a"]).args == [("value",)]
        assert site.sessions["b"].ending is not None
        assert page_of_event() is None
    with pytest.raises(UnknownConnectionError):
        site.webrtc.set_input("nobody", missing_ok=False)


OFFER = {"type": "offer", "webrtc_id": "x", "sdp": sdp.offer(("video", "sendrecv"))}


@pytest.mark.parametrize(
    "fn", ["offer", "wait_for_place", "leave", "ice_configuration", "outputs_waiting"]
)
async def test_pages_of_other_sites_get_nowhere_through_gradios_route(fn: str) -> None:
    site = Site(rtc_configuration=lambda: {"iceServers": []})
    body = {**OFFER, "session_hash": "A"}
    async with site.open():
        answer = await site.ask(fn, FOREIGN, {**body, "webrtc_id": "a"})
        assert answer["meta"]["error"] == "origin_not_allowed"
        assert "allowed_origins" in answer["meta"]["message"]
        assert site.sessions["a"].ending is None
        assert len(site.registry.line) == 0
        answer = await site.ask(fn, OURS, body)
        assert answer.get("meta", {}).get("error") != "origin_not_allowed"


async def test_sites_that_embed_the_app_can_be_allowed() -> None:
    site = Site(allowed_origins=["https://evil.example"])
    async with site.open():
        answer = await site.ask("wait_for_place", FOREIGN, {"webrtc_id": "y"})
        assert answer == {"status": "admitted"}
    assert "allowed_origins" not in site.webrtc.get_config()


@pytest.mark.parametrize("show_error", [True, False])
async def test_errors_of_handlers_follow_gradios_option(show_error: bool) -> None:
    site = Site()
    site.demo.show_error = show_error
    async with site.open():
        await site.ask("leave", OURS, {"webrtc_id": "nobody"})
        assert site.host.settings.show_error is show_error


def test_the_words_of_a_gradio_error_are_for_the_person() -> None:
    assert gradio_words_for(gr.Error("Out of <b>luck</b>"), "1a2b3c4d") == "Out of <b>luck</b>"
    hidden = gradio_words_for(gr.Error("not this", visible=False), "1a2b3c4d")
    assert "not this" not in hidden
    assert "1a2b3c4d" in hidden
    assert "why" not in gradio_words_for(ValueError("why"), "1a2b3c4d")
    assert gradio_words_for(ValueError("why"), "1", show_error=True) == "ValueError: why"


async def test_requests_that_are_refused_for_their_origin_fill_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "gradio_webrtc")
    site = Site()
    async with site.open():
        for _ in range(100):
            await site.ask("wait_for_place", FOREIGN, {"webrtc_id": "y"})
    refused = [record for record in caplog.records if "evil.example" in record.getMessage()]
    assert 1 <= len(refused) < 3 * LOGGED_AT_ONCE
