"""A network that carries no UDP: the page's sound goes over a websocket instead, and it says so."""

from __future__ import annotations

import time
from collections.abc import Iterator

import gradio as gr
import numpy as np
import pytest
from fastapi import FastAPI
from playwright.sync_api import WebSocket
from starlette.types import ASGIApp, Receive, Scope, Send

from gradio_webrtc import ReplyOnPause, WebRTC
from tests.browser.conftest import Open, Serve, ServeAsgi
from tests.browser.fake_microphone import microphone
from tests.browser.handlers import echo_app, handler_threads, sessions
from tests.browser.pages import Component, Visit

NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
RATE = 48_000
PROXY = "/proxy"
Audio = tuple[int, np.ndarray]


@pytest.fixture(scope="module")
def blocked(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Flags: no UDP, and the microphone asks the same question again and again."""
    path = tmp_path_factory.mktemp("voice") / "question.wav"
    return (*microphone(path, 1.0, "What is the capital of France?", 4.0), NO_UDP)


def way(component: Component) -> str | None:
    return component.root.get_attribute("data-way")


def fallen_back(component: Component) -> None:
    """Start, and wait until it is connected over a websocket."""
    component.start()
    assert way(component) == "websocket"
    assert "slower way" in (component.notice() or "")


def seconds_to_fall_back(component: Component) -> float:
    before = time.monotonic()
    fallen_back(component)
    return time.monotonic() - before


def received(visit: Visit) -> list[str]:
    """Return the texts that come over the page's websockets, from now on."""
    texts: list[str] = []

    def opened(socket: WebSocket) -> None:
        socket.on("framereceived", lambda text: texts.append(str(text)))

    visit.page.on("websocket", opened)
    return texts


def reply(audio: Audio) -> Iterator[Audio]:
    """Hum for longer than anybody listens."""
    for number in range(300):
        at = (number * RATE // 10 + np.arange(RATE // 10)) / RATE
        yield RATE, (9000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def test_a_conversation_goes_on_over_a_websocket_and_can_be_interrupted(
    serve: Serve, visit: Open, blocked: tuple[str, ...]
) -> None:
    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", modality="audio", show_statistics=True)
        audio.stream(ReplyOnPause(reply), inputs=[audio], outputs=[audio])
    page = visit(serve(demo), flags=blocked)
    component, texts = page.component(), received(page)
    first = seconds_to_fall_back(component)
    component.part("webrtc-statistics-toggle").click()
    numbers = component.part("webrtc-statistics")
    page.until(lambda: "Opus" in numbers.inner_text(), numbers.inner_text)
    assert "websocket" in numbers.inner_text()
    page.until(lambda: component.turn() == "replying", "a reply")
    page.until(component.hears, "it")
    assert not any('"clear"' in text for text in texts)
    page.until(lambda: component.turn() == "speaking", "the next question")
    assert not component.hears(), f"still heard; the turns were {component.turns()}"
    # Held at first, in case it was only a cough, and then dropped: the page's part of it as well.
    page.until(lambda: any('"clear"' in text for text in texts), "the order to drop it")
    page.until(lambda: component.turn() == "replying", "the next reply")
    page.until(component.hears, "it")
    component.stop()
    assert component.notice() is None
    page.until(lambda: sessions(audio) == 0, "the server to forget the session")
    # It tries WebRTC again, and does not wait as long for it: 2 seconds instead of 6.
    assert seconds_to_fall_back(component) < first
    component.stop()


def behind_proxy(app: ASGIApp) -> ASGIApp:
    """Return ``app`` as a proxy serves it that takes its own part off the path."""

    async def proxied(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            path = scope["path"].removeprefix(PROXY)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await app(scope, receive, send)

    return proxied


def test_it_has_all_that_a_connection_has_wherever_the_app_is_mounted(
    serve_asgi: ServeAsgi, visit: Open, blocked: tuple[str, ...]
) -> None:
    demo, audio = echo_app()
    app = gr.mount_gradio_app(FastAPI(), demo, path="/", root_path=PROXY)
    url = serve_asgi(behind_proxy(app)) + PROXY.strip("/") + "/"
    page, other = visit(url, flags=blocked), visit(url, flags=blocked)
    first, second = page.component(), other.component()
    fallen_back(first)
    page.until(first.hears, "the echo")
    first.part("webrtc-mute").click()
    page.until(lambda: not first.hears(), "silence")
    first.part("webrtc-mute").click()
    page.until(first.hears, "the echo again")

    page.page.evaluate("probe.sockets.at(-1).close()")
    page.until(
        lambda: first.states()[-2:] == ["reconnecting", "connected"],
        lambda: f"the connection to be back; it was {first.states()}",
    )
    assert way(first) == "websocket"
    page.until(first.hears, "the echo after that")

    second.part("webrtc-start").click()
    second.reach("waiting")
    assert sessions(audio) == 1
    first.stop()
    second.reach("connected")
    assert way(second) == "websocket"
    other.until(second.hears, "the echo")
    other.page.close(run_before_unload=True)
    page.until(lambda: sessions(audio) == 0 and not handler_threads(), "all to be given back")
