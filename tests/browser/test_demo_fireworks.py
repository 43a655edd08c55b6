"""The fireworks demo: two people, one show."""

from __future__ import annotations

import numpy as np

from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.shown_frame import seen
from tests.support import demos

ROUND = 60.0
"""Seconds in which the line at the bottom of the picture goes from left to right."""
APART = 6.0
"""Seconds between the two who come."""
NEAR = 2.0
"""Seconds between what both show, at most: they are looked at one after the other."""


def moment(component: Component) -> float | None:
    """Return the second of the show that is seen, ``None`` before there is a picture."""
    picture = seen(component)
    if picture is None:
        return None
    yellow = picture[-4, :, 0] > 120
    return float(np.argmin(np.append(yellow, False)) / yellow.size * ROUND)


def watch(component: Component) -> None:
    component.page.get_by_role("button", name="Watch", exact=True).click()
    component.reach("connected")


def test_who_comes_late_sees_and_hears_what_the_other_does(serve: Serve, visit: Open) -> None:
    url = serve(demos.load("fireworks").demo)
    early, late = visit(url).component(), visit(url).component()
    watch(early)
    early.visit.until(lambda: (moment(early) or 0) > APART, "some seconds of the show")
    watch(late)
    first = late.visit.until(lambda: moment(late), "a picture")
    assert first is not None
    assert first > APART - NEAR
    for component in (early, late):
        component.visit.until(component.hears, "a bang")

    def together() -> bool:
        before, between, after = moment(early), moment(late), moment(early)
        assert before is not None
        assert between is not None
        assert after is not None
        return before - NEAR < between < after + NEAR

    late.visit.until(together, "the same moment in both")
