"""The client that a mounted stream gives to web pages."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from gradio_webrtc import ReplyOnPause, Stream
from gradio_webrtc.routes import client_script

PATH = "/voice/webrtc/client.js"


async def get() -> httpx.Response:
    app = FastAPI()
    Stream(ReplyOnPause(lambda audio: audio), modality="audio").mount(app, "/voice")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.get(PATH, headers={"Origin": "https://elsewhere.example"})


async def test_every_page_may_load_it_as_a_module_without_imports() -> None:
    answer = await get()
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-cache"
    assert "as connect" in answer.text
    assert "import{" not in answer.text
    assert 'from"' not in answer.text
    # The audio thread's part is inside.
    assert "registerProcessor" in answer.text


async def test_an_installation_without_it_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(client_script, "SCRIPT", tmp_path / "index.js")
    answer = await get()
    assert answer.status_code == 404
    assert "install the package anew" in answer.json()["detail"]
