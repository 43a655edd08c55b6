"""The echo demo as a person uses it: hear oneself, see oneself, change the picture."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.pages import Visit
from tests.browser.spoken_audio import envelope, likeness, speak
from tests.browser.video_pattern import PATTERN, Quarters
from tests.support import demos


@pytest.fixture
def page(serve: Serve, visit: Open) -> Visit:
    return visit(serve(demos.load("echo").demo))


def test_the_voice_tab_gives_ones_words_back(page: Visit) -> None:
    voice = page.component(0)
    voice.start()
    page.until(voice.hears, "sound")
    assert likeness(voice.record(6).envelope(), envelope(speak())) > 0.8
    voice.stop()


def test_the_video_tab_changes_the_picture_as_one_chooses(page: Visit) -> None:
    page.page.get_by_role("tab", name="Video").click()
    video = page.page.get_by_test_id("webrtc").filter(visible=True)
    video.wait_for()
    index = page.page.get_by_test_id("webrtc").count() - 1
    picture = page.component(index)
    picture.start()
    warm = Quarters(*((min(255, int(r * 1.4)), g, int(b * 0.6)) for r, g, b in PATTERN))
    picture.shows(warm)
    for effect, expected in [
        ("Flip", PATTERN.flipped()),
        ("Negative", PATTERN.inverted()),
        ("None", PATTERN),
    ]:
        page.page.get_by_role("radio", name=effect).check()
        picture.shows(expected)
    picture.stop()
