"""The robot demo: voice and picture are changed, and both follow the inputs live."""

from __future__ import annotations

from tests.browser.conftest import Open, Serve
from tests.browser.spoken_audio import envelope, likeness, speak
from tests.browser.video_pattern import PATTERN, Quarters
from tests.support import demos

BLACK = Quarters(*((0, 0, 0),) * 4)


def test_the_robot_and_oneself_again(serve: Serve, visit: Open) -> None:
    page = visit(serve(demos.load("audio_video").demo))
    component = page.component()
    component.start()
    # Nothing is left of the plain quarters but their outlines.
    component.shows(BLACK)
    page.until(component.hears, "the robot")
    page.page.get_by_role("checkbox", name="Outlines").uncheck()
    component.shows(PATTERN)
    page.page.get_by_role("checkbox", name="Robot voice").uncheck()
    # The switch takes its way to the server, and a busy machine loses moments of sound.
    own = envelope(speak())
    page.until(lambda: likeness(component.record(6).envelope(), own) > 0.8, "one's own voice")
    assert component.state() == "connected"
    component.stop()
