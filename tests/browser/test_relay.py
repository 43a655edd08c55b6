"""A page that reaches the server through a real TURN server only, over UDP and over TCP."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import pytest

from gradio_webrtc import WebRTC
from tests.browser.conftest import NOWHERE, Open, Serve
from tests.browser.pages import Component
from tests.browser.video_pattern import PATTERN
from tests.support.audio_video_echo import AsyncEcho
from tests.support.coturn import Coturn, coturn


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn(tmp_path_factory.mktemp("coturn")) as running:
        yield running


def path_of(component: Component) -> str:
    """Return what the page's statistics say of the way."""
    cell = component.part("webrtc-statistics").locator("tr:has(th:text-is('Path')) td")
    return str(cell.inner_text()) if cell.count() else ""


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_sound_and_pictures_come_back_through_the_relay(
    serve: Serve, visit: Open, usual_flags: tuple[str, ...], turn: Coturn, transport: str
) -> None:
    # Over TCP, Chromium asks its resolver for an address that is one already.
    flags = (*usual_flags, f"{NOWHERE}, EXCLUDE {turn.address}")

    async def servers() -> dict[str, object]:
        return turn.configuration(turn.url(transport), relay_only=True)

    with gr.Blocks() as demo:
        both = WebRTC(
            modality="audio-video",
            show_statistics=True,
            rtc_configuration=servers,
            server_rtc_configuration={"iceServers": []},
        )
        both.stream(AsyncEcho(), inputs=[both], outputs=[both])
    component = visit(serve(demo), flags=flags).component()
    component.start()
    component.shows(PATTERN)
    component.visit.until(component.hears, "the sound to come back")
    component.part("webrtc-statistics-toggle").click()
    component.visit.until(
        lambda: path_of(component) == f"relay over {transport.upper()}",
        lambda: f"a relay over {transport}, not {path_of(component)!r}",
    )
