"""What is measured in a page: click to first frame, and whether sound and pictures are in step."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.process import Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario

if TYPE_CHECKING:
    from tests.browser.pages import Component

FIRST_FRAME = Path(__file__).with_name("first_frame.js").read_text("utf-8")
PATIENCE_MS = 15_000
CLIP_SECONDS = 4
"""Times the window of an audio session: how long flashes and beeps are watched."""

Visiting = Callable[[str], "Component"]


async def _click(server: Server, pace: Pace, *, row: str, page: str) -> Sequence[Reading]:
    count = max(2, pace.trials // 2)
    took = await _in_chromium(lambda: _clicks(f"http://127.0.0.1:{server.port}/{page}/", count))
    return (reading(row, took),)


async def _sync(server: Server, pace: Pace) -> Sequence[Reading]:
    seconds = CLIP_SECONDS * pace.audio
    url = f"http://127.0.0.1:{server.port}/page-film/"
    apart = await _in_chromium(lambda: _skews(url, seconds))
    worst = max(apart, key=abs, default=0.0)
    return (
        reading("lip-sync", [abs(statistics.median(apart))] if apart else []),
        reading("lip-sync-max", [abs(worst)] if apart else [], flashes=float(len(apart))),
    )


async def _in_chromium(measure: Callable[[], list[float]]) -> list[float]:
    """Run what drives a browser; its library wants a thread without an event loop."""
    from playwright.sync_api import Error

    try:
        return await asyncio.to_thread(measure)
    except (AssertionError, Error, RuntimeError) as error:
        raise BenchError(f"in Chromium: {error}") from error


def _clicks(url: str, count: int) -> list[float]:
    """Return the ms from the click on the button to the first frame, each in a page of its own."""
    took = []
    with _chromium(FIRST_FRAME) as visiting:
        for number in range(count + 1):
            component = visiting(url)
            component.part("webrtc-start").click()
            component.page.wait_for_function("window.framedAt", timeout=PATIENCE_MS)
            if number:  # the first one warms up
                took.append(float(component.page.evaluate("framedAt - clickedAt")))
            component.page.context.close()
    return took


def _skews(url: str, seconds: float) -> list[float]:
    """Return by how many ms each flash of a clip was later than its beep, from the first one on."""
    from tests.browser import audio_video_sync

    with _chromium(audio_video_sync.SCRIPT) as visiting:
        component = visiting(url)
        component.page.get_by_role("button", name="Play", exact=True).click()
        component.reach("connected")
        component.page.evaluate("(index) => sync.watch(index)", component.index)
        component.page.wait_for_timeout(1000 * seconds)
        return [1000 * apart for apart in audio_video_sync.skews(component)]


@contextmanager
def _chromium(script: str) -> Iterator[Visiting]:
    from playwright.sync_api import sync_playwright

    from tests.browser.pages import Visit
    from tests.support.chromium import FLAGS, find_chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))

        def visiting(url: str) -> Component:
            context = browser.new_context(reduced_motion="reduce")
            context.add_init_script(script)
            return Visit(context, url, ("127.0.0.1",), "[data-testid=webrtc]").component()

        try:
            yield visiting
        finally:
            browser.close()


def _page(name: str, row: str) -> Scenario:
    run = partial(_click, row=row, page=name)
    return Scenario(name, (row,), run, bare=False, fastrtc=False, alone=True)


CHROMIUM_SCENARIOS = (
    _page("page-audio", "click-audio"),
    _page("page-video", "click-video"),
    Scenario(
        "page-film", ("lip-sync", "lip-sync-max"), _sync, bare=False, fastrtc=False, alone=True
    ),
)
"""Of this package only: the page of ``fastrtc`` asks for more than one click."""
