"""The music box demo: play, hear the melody asked for, start anew, and hear it end."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.pages import Visit
from tests.support import demos

D, A = 293.7, 220.0
"""Hz: the first chord of the Canon is on D, the second on A below it."""
E = 329.6
"""Hz: the Ode to Joy begins with it."""


@pytest.fixture
def page(serve: Serve, visit: Open) -> Visit:
    return visit(serve(demos.load("server_audio").demo))


def tempo(page: Visit, notes_per_minute: int) -> None:
    field = page.page.get_by_role("spinbutton", name="Notes per minute")
    field.fill(str(notes_per_minute))
    field.press("Enter")


def test_it_plays_what_was_chosen_anew_at_every_press_and_ends_by_itself(page: Visit) -> None:
    music = page.component()
    play = page.page.get_by_role("button", name="Play")
    tempo(page, 60)
    play.click()
    music.reach("connected")
    page.until(music.hears, "the first notes")
    # A minute's worth of slow notes has begun: the first four are D, A, D, F sharp.
    assert music.record(2).share_of(D) + music.record(0.5).share_of(A) > 0.1

    tempo(page, 400)
    page.page.get_by_role("radio", name="Ode to Joy").check()
    page.page.get_by_role("radio", name="Music box").check()
    play.click()
    # Fifteen quick notes, a third of them E; none of them is in the Canon's slow beginning.
    page.until(lambda: music.record(0.5).share_of(E) > 0.3, "the other melody")
    music.reach("idle")
    assert music.error() is None
