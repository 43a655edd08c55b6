"""A page in Chromium as a test sees it: what it heard, what it showed, and what went wrong."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, Request

from tests.browser.spoken_audio import Recording
from tests.browser.video_pattern import Quarters

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds a condition may take on a busy machine; nothing waits this long where all is well."""

AUDIBLE = 0.005
"""Root mean square of sound: the quietest sound of the sentence is louder, noise is not."""

PROBE = Path(__file__).with_name("page.js").read_text(encoding="utf-8")

AFTER_FRAMES = """async (frames) => {
  for (let n = 0; n < frames; n += 1) await new Promise(requestAnimationFrame);
}"""


class Component:
    """One ``WebRTC`` component in a page, found by its place among them."""

    def __init__(self, visit: Visit, index: int) -> None:
        self.visit = visit
        self.page = visit.page
        self.index = index
        self.root: Locator = self.page.get_by_test_id("webrtc").nth(index)
        self._passed = 0

    def part(self, testid: str) -> Locator:
        """Return the element of this component with ``testid``."""
        return self.root.get_by_test_id(testid)

    def state(self) -> str:
        """Return ``data-state``."""
        return self.root.get_attribute("data-state", timeout=PATIENCE * 1000) or ""

    def states(self) -> list[str]:
        """Return every state the component was in since the page was opened."""
        seen: list[str] = self._probe("states")
        return seen

    def turn(self) -> str:
        """Return ``data-turn``."""
        return self.root.get_attribute("data-turn", timeout=PATIENCE * 1000) or ""

    def turns(self) -> list[str]:
        """Return every turn there was since the page was opened, ``""`` for none."""
        seen: list[str] = self._probe("turns")
        return seen

    def reach(self, *states: str, seconds: float = PATIENCE) -> str:
        """Wait until the component is in one of ``states``; a failure names what it was in."""
        self.visit.until(
            lambda: self.state() in states,
            lambda: f"{' or '.join(states)}; it was {self.states()}, error {self.error()!r}",
            seconds,
        )
        return self.state()

    def passes(self, *states: str) -> None:
        """Wait until it has been in ``states``, in this order, since the last call of this.

        For states that may be over before anybody looks.
        """

        def found() -> bool:
            seen, place = self.states(), self._passed
            for state in states:
                if state not in seen[place:]:
                    return False
                place = seen.index(state, place) + 1
            self._passed = place
            return True

        self.visit.until(
            found,
            lambda: f"{' and then '.join(states)}; it was {self.states()}, error {self.error()!r}",
        )

    def start(self) -> None:
        """Press start and wait for the connection."""
        self.part("webrtc-start").click()
        self.reach("connected")

    def stop(self) -> None:
        """Press stop and wait until it is over."""
        self.part("webrtc-stop").click()
        self.reach("idle")

    def error(self) -> str | None:
        """Return the words of the shown error, if there is one."""
        return self._text("webrtc-error")

    def notice(self) -> str | None:
        """Return the words of the shown notice, if there is one."""
        return self._text("webrtc-notice")

    def status(self) -> str | None:
        """Return the words of the status line, if it is shown."""
        return self._text("webrtc-status")

    def turn_words(self) -> str | None:
        """Return what the page calls the turn, if it shows one."""
        return self._text("webrtc-turn")

    def record(self, seconds: float) -> Recording:
        """Return what the component plays from now on; a failure if it plays nothing."""
        recording = self.heard(seconds)
        assert recording is not None, f"nothing is played; it was {self.states()}"
        return recording

    def heard(self, seconds: float) -> Recording | None:
        """Return what the component plays from now on, ``None`` where there is no stream to play.

        That may be so in the middle of a test, between a stream and the one in its place.
        """
        heard = self.page.evaluate(
            "([index, seconds]) => probe.record(index, seconds)", [self.index, seconds]
        )
        return None if heard is None else self._decoded(heard)

    def record_next(self) -> None:
        """Record what is played next, from its first moment on: :meth:`recorded`."""
        self._probe("recordNext")

    def recorded(self) -> Recording:
        """Return what was played since :meth:`record_next`, once it is over."""
        return self._decoded(self._probe("recorded"))

    def hears(self) -> bool:
        """Return whether sound is played now; between two words it is not."""
        heard = self.heard(0.3)
        return heard is not None and heard.loudness() > AUDIBLE

    def colours(self, testid: str = "webrtc-media") -> Quarters | None:
        """Return the colours of the shown picture, ``None`` before there is one."""
        colours = self._probe("colours", testid)
        return None if colours is None else Quarters(*(tuple(colour) for colour in colours))

    def shows(self, expected: Quarters, testid: str = "webrtc-media") -> None:
        """Wait until the picture has the ``expected`` colours."""

        def found() -> bool:
            colours = self.colours(testid)
            return colours is not None and colours.near(expected)

        self.visit.until(found, lambda: f"{expected}; it shows {self.colours(testid)}")

    def size(self) -> tuple[int, int]:
        """Return width and height of the picture that is played."""
        width, height = self._probe("size")
        return width, height

    def frames(self) -> int:
        """Return how many pictures were played so far."""
        count: int = self._probe("frames")
        return count

    def _probe(self, what: str, *arguments: Any) -> Any:
        return self.page.evaluate(
            "([what, ...rest]) => probe[what](...rest)", [what, self.index, *arguments]
        )

    @staticmethod
    def _decoded(heard: dict[str, Any]) -> Recording:
        samples = np.frombuffer(base64.b64decode(heard["samples"]), "<f4").astype(np.float64)
        return Recording(heard["rate"], samples)

    def _text(self, testid: str) -> str | None:
        found = self.part(testid)
        return " ".join(found.all_inner_texts()) if found.count() else None


class Visit:
    """One person's page. ``problems`` collects what no page may do."""

    def __init__(
        self, context: BrowserContext, url: str, hosts: Iterable[str], wait_for: str
    ) -> None:
        self.context = context
        self.url = url
        self.problems: list[str] = []
        self._hosts = frozenset(hosts)
        self._expected: list[re.Pattern[str]] = []
        context.add_init_script(PROBE)
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.goto(url)
        self.page.locator(wait_for).first.wait_for(state="attached")

    def component(self, index: int = 0) -> Component:
        """Return the component at this place in the page."""
        return Component(self, index)

    def expect_problem(self, pattern: str) -> None:
        """Let console errors pass that match ``pattern``, a regular expression."""
        self._expected.append(re.compile(pattern))

    def until(
        self,
        condition: Callable[[], T],
        what: str | Callable[[], str],
        seconds: float = PATIENCE,
    ) -> T:
        """Wait until ``condition()`` is true and return its value; ``what`` describes it."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                text = what if isinstance(what, str) else what()
                raise AssertionError(f"waited {seconds:g} s for {text}")
            # Not a guess at how long it takes: Playwright hears of the page only in its own calls.
            self.page.wait_for_timeout(50)
        return value

    def drawn(self, locator: Locator) -> Locator:
        """Wait until what Gradio draws late, in a tab say, is there and keeps what is typed.

        One frame after it is drawn Gradio (``render_previously_invisible_children``) writes its
        first values over what is in it. Nobody types within a frame, but Playwright does.
        """
        locator.wait_for()
        self.page.evaluate(AFTER_FRAMES, 5)
        return locator

    def vanish(self) -> None:
        """Kill the page's process, so that it neither sends nor says anything any more."""
        with suppress(Error):  # the page that would answer is the one that dies
            self.page.goto("chrome://crash")

    def unexpected(self) -> list[str]:
        """Return the problems that no pattern lets pass."""
        return [
            problem
            for problem in self.problems
            if not any(pattern.search(problem) for pattern in self._expected)
        ]

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in self._hosts:
            self.problems.append(f"request to elsewhere: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = message.location.get("url", "")
            self.problems.append(f"console error: {message.text} ({place})")
