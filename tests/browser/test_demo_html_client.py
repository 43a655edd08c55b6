"""The plain page, written for the published API of a mounted stream."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Open, ServeAsgi
from tests.browser.fake_microphone import hear, microphone
from tests.support import demos


@pytest.fixture
def flags(tmp_path: Path) -> tuple[str, ...]:
    return microphone(tmp_path / "voice.wav", "What is the capital of France?", 5.0)


def test_what_is_said_comes_back_in_the_voice_that_is_chosen(
    serve_asgi: ServeAsgi, visit: Open, flags: tuple[str, ...]
) -> None:
    module = demos.load("html_client")
    page = visit(serve_asgi(module.app), flags=flags)
    component, sessions = page.component(), module.stream.host.registry
    drawn = page.page.locator("#said li")
    component.start()
    hear(component)
    # What the handler said on the side came by a route of the app's own...
    page.until(drawn.count, "a drawing of what was said")
    assert "1.4" in drawn.first.inner_text()
    # ... and the slider's value goes to it by another.
    page.page.get_by_role("slider", name="How high").fill("0.7")
    page.until(lambda: "0.7" in drawn.first.inner_text(), "the deeper voice")
    component.stop()
    assert page.page.locator("#status").inner_text() == "Ready"
    page.until(lambda: len(sessions) == 0, "the server to forget the session")


def test_a_full_stream_and_its_end_are_told(
    serve_asgi: ServeAsgi, visit: Open, flags: tuple[str, ...]
) -> None:
    module = demos.load("html_client")
    registry = module.stream.host.registry
    registry.limit = 1
    url = serve_asgi(module.app)
    first, second = visit(url, flags=flags), visit(url, flags=flags)
    first.component().start()
    second.component().part("webrtc-start").click()
    alert = second.page.get_by_role("alert")
    second.until(lambda: "places are taken" in alert.inner_text(), "the refusal")
    assert second.component().state() == "idle"
    (webrtc_id,) = module.stream.connections
    module.stream.close_stream(webrtc_id, "Until tomorrow.")
    first.component().reach("idle")
    assert first.page.get_by_role("alert").inner_text() == "Until tomorrow."
