"""The gallery app: from the front page to a demo of which the stream runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import microphone
from tests.browser.pages import PATIENCE, Visit
from tests.browser.test_demo_conversation import GREETED, bubbles
from tests.browser.video_pattern import PATTERN
from tests.support import demos


@pytest.fixture
def page(serve: Serve, visit: Open) -> Visit:
    return visit(serve(demos.load("gallery").demo), wait_for="nav[aria-label=Demos]")


def test_every_demo_has_a_place_and_a_picture_on_the_front_page(page: Visit) -> None:
    places = page.page.get_by_role("navigation", name="Demos").get_by_role("link")
    links = [place.get_attribute("href") for place in places.all()]
    others = [name for name in demos.names() if name not in ("gallery", "magic_8_ball")]
    assert links == ["magic_8_ball", *others]
    for picture in places.locator("img").all():
        picture.scroll_into_view_if_needed()
        page.until(
            lambda picture=picture: picture.evaluate("(each) => each.naturalWidth") > 0,
            "the picture of a demo",
        )


def test_a_demo_runs_in_its_page(page: Visit) -> None:
    page.page.get_by_role("link", name="Robot").last.click()
    component = page.component()
    component.root.wait_for()
    component.start()
    page.page.get_by_role("checkbox", name="Outlines").uncheck()
    component.shows(PATTERN)
    page.until(component.hears, "the robot")
    component.stop()


def test_a_conversation_is_shown_in_its_page_as_it_goes_on(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    flags = microphone(
        tmp_path / "voice.wav", GREETED, "Hello my friend.", 7.0, "I like music.", 25.0
    )
    page = visit(serve(demos.load("gallery").demo) + "conversation", flags=flags)
    component = page.component()
    component.start()
    expect(bubbles(page, "user")).to_have_count(2, timeout=PATIENCE * 1000)
    expect(bubbles(page, "bot")).to_have_count(3, timeout=PATIENCE * 1000)
    component.stop()
