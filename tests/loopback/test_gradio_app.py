"""A Gradio app that is stopped while somebody is connected and somebody waits."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr
import httpx
import pytest

from gradio_webrtc import WebRTC
from tests.support.client import LoopbackClient
from tests.support.echo_handlers import EchoHandler
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until


async def test_a_stopped_app_says_goodbye_and_does_not_wait_for_those_in_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    with gr.Blocks() as app:
        component = WebRTC(mode="send-receive", modality="audio")
        component.stream(EchoHandler(), inputs=[component], outputs=[component])
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:

        async def ask(function: str, body: dict[str, Any]) -> dict[str, Any]:
            request = {
                "session_hash": "someone",
                "component_id": component._id,
                "fn_name": function,
                "data": {**body, "session_hash": "someone"},
            }
            answer = await http.post("gradio_api/component_server/", json=request)
            result: dict[str, Any] = answer.json()
            return result

        client = LoopbackClient(lambda body: ask("offer", body), send=[SineTrack()])
        try:
            await client.connect()
            await until(lambda: client.heard > 0.2)
            assert (await ask("wait_for_place", {"webrtc_id": "next"}))["status"] == "waiting"
            polling = asyncio.ensure_future(ask("wait_for_place", {"webrtc_id": "next"}))
            host = component._host
            assert host is not None
            line = host.registry.line
            await until(lambda: line._line["next"].asking)  # the long poll has arrived
            closing = asyncio.ensure_future(asyncio.to_thread(app.close, verbose=False))
            assert (await client.message("end_stream"))["reason"] == "server_shutdown"
            assert (await polling)["status"] == "failed"
            await closing
            server: Any = app.server
            await until(lambda: not server.thread.is_alive())
        finally:
            await client.close()
            app.close(verbose=False)
