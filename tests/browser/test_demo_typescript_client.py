"""The page on the typed client, as a stream serves it: calls by each way, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, ServeAsgi
from tests.browser.fake_microphone import hear, microphone
from tests.browser.pages import PATIENCE, Component
from tests.support import demos


@pytest.fixture
def flags(tmp_path: Path) -> tuple[str, ...]:
    """Somebody who calls all the time."""
    return microphone(tmp_path / "voice.wav", "Hello there, is anybody out there?", 0.1)


def call(component: Component, times: int) -> None:
    """Hold the button until the canyon has been called, and hear it answer."""
    talk, echoes = component.part("webrtc-talk"), component.page.locator("#calls li")
    status = component.page.locator("#status")
    talk.hover()
    component.page.mouse.down()
    component.visit.until(lambda: status.inner_text() == "Calling…", status.inner_text)
    # The person holds it for so long: the second of silence between two sentences, and some words.
    component.page.wait_for_timeout(2000)
    component.page.mouse.up()
    expect(echoes).to_have_count(times, timeout=PATIENCE * 1000)
    hear(component)


def test_a_call_is_answered_by_webrtc_and_by_a_websocket(
    serve_asgi: ServeAsgi, visit: Open, flags: tuple[str, ...]
) -> None:
    module = demos.load("typescript_client")
    page = visit(serve_asgi(module.app), flags=flags)
    component, sessions = page.component(), module.stream.host.registry
    echoes = page.page.locator("#calls li")
    for number, way in enumerate(("webrtc", "websocket"), start=1):
        page.page.get_by_label("By a websocket").set_checked(way == "websocket")
        component.start()
        assert component.root.get_attribute("data-way") == way
        call(component, number)
        assert "from 4 walls" in echoes.last.inner_text()
        component.stop()
        page.until(lambda: len(sessions) == 0, "the server to forget the session")
        assert page.page.locator("#status").inner_text() == "Ready"
    # The slider's value goes to the handler by a route of the app's own, at once and at each start.
    page.page.get_by_label("Walls").fill("1")
    component.start()
    call(component, 3)
    assert "from 1 wall" in echoes.first.inner_text()
    # What the server ends is told, and so is a refusal, each with its words.
    (webrtc_id,) = module.stream.connections
    module.stream.close_stream(webrtc_id, "Until tomorrow.")
    component.reach("idle")
    alert = page.page.get_by_role("alert")
    assert alert.inner_text() == "Until tomorrow."
    sessions.limit = 0
    component.part("webrtc-start").click()
    component.reach("failed")
    page.until(lambda: "placeWithinMs" in alert.inner_text(), alert.inner_text)
