"""The music box demo: play, hear the melody asked for, start anew, and hear it end."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.pages import AUDIBLE, Component, Visit
from tests.support import demos

CANON = (293.7, 440.0, 587.3, 740.0, 220.0, 329.6, 554.4)
"""Hz: the first two chords of the Canon, D major and A major."""
ODE = (261.6, 349.2)
"""Hz: C and F, which the Ode to Joy has and the Canon, in D major, has not."""


@pytest.fixture
def page(serve: Serve, visit: Open) -> Visit:
    return visit(serve(demos.load("server_audio").demo))


def tempo(page: Visit, notes_per_minute: int) -> None:
    field = page.page.get_by_role("spinbutton", name="Notes per minute")
    field.fill(str(notes_per_minute))
    field.press("Enter")


def share(music: Component, notes: tuple[float, ...]) -> float:
    """Return which part of half a second of sound is in ``notes``."""
    heard = music.heard(0.5)
    if heard is None or heard.loudness() < AUDIBLE:
        return 0.0
    return sum(heard.share_of(note, 8) for note in notes)


def test_it_plays_what_was_chosen_anew_at_every_press_and_ends_by_itself(page: Visit) -> None:
    music = page.component()
    play = page.page.get_by_role("button", name="Play")
    page.page.get_by_role("radio", name="Music box").check()
    tempo(page, 60)
    play.click()
    music.reach("connected")
    page.until(lambda: share(music, CANON) > 0.4, "the first notes of the Canon")

    tempo(page, 400)
    page.page.get_by_role("radio", name="Ode to Joy").check()
    play.click()
    page.until(lambda: share(music, ODE) > 0.2, "the other melody")
    # The Canon would have gone on for half a minute.
    music.reach("idle", seconds=25)
    assert music.error() is None
