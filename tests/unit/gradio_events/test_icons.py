"""The image on the start button, wherever the app is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from gradio_webrtc import ConfigurationError, WebRTC

SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "start.svg"
    file.write_text(SVG)
    return file


def app_with(icon: Any) -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as demo:
        WebRTC(icon=icon)
    return demo


async def address(http: httpx.AsyncClient, path: str) -> str:
    """Return where a page of the app under ``path`` finds the icon."""
    config = (await http.get(f"{path}/config")).json()
    (url,) = (
        each["props"]["icon"]["url"] for each in config["components"] if each["type"] == "webrtc"
    )
    return urlsplit(url).path


@pytest.mark.parametrize("root", ["", "/proxy"])
@pytest.mark.parametrize("path", ["", "/sub"])
async def test_the_page_finds_the_icon_wherever_the_app_is_mounted(
    picture: Path, path: str, root: str
) -> None:
    """``root`` is the server's own root path, as ``uvicorn --root-path`` sets it."""
    app = gr.mount_gradio_app(FastAPI(), app_with(str(picture)), path=path or "/")
    transport = httpx.ASGITransport(app, root_path=root)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        found = await address(http, root + path)
        assert found.startswith(f"{root}{path}/")
        answer = await http.get(found)
    assert (answer.status_code, answer.text) == (200, SVG)


async def test_the_page_finds_the_icon_through_a_proxy_that_takes_its_own_part_off_the_path(
    picture: Path,
) -> None:
    app = gr.mount_gradio_app(FastAPI(), app_with(str(picture)), path="/", root_path="/proxy")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        found = await address(http, "")
        assert found.startswith("/proxy/")
        answer = await http.get(found.removeprefix("/proxy"))
    assert (answer.status_code, answer.text) == (200, SVG)


@pytest.mark.parametrize("icon", ["https://example.org/start.svg", "data:image/svg+xml,%3Csvg/%3E"])
async def test_an_address_stays_as_it_is(icon: str) -> None:
    with gr.Blocks(analytics_enabled=False):
        component = WebRTC(icon=icon)
    assert component.get_config()["icon"]["url"] == icon


async def test_an_icon_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"icon must be .* no file 'nowhere\.png'"):
        app_with("nowhere.png")
