"""A Chromium page that notes every console error and reaches this machine only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Route, sync_playwright

from tests.support.chromium import FLAGS, find_chromium

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass
class Visit:
    """A page, and what went wrong in it so far."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def note_console(self, message: ConsoleMessage) -> None:
        """Keep ``message`` if it is an error."""
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


def _stay_here(route: Route) -> None:
    # Answered empty, not aborted: an aborted request would be a console error of its own.
    if urlsplit(route.request.url).hostname in LOCAL_HOSTS:
        route.fallback()
    else:
        route.fulfill(status=204, body="")


@contextmanager
def visit(url: str) -> Iterator[Visit]:
    """Open ``url`` in a fresh Chromium; it is closed with the block.

    Playwright's own loop runs only inside the block, so that asynchronous tests can follow.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        try:
            page = browser.new_page()
            visited = Visit(page)
            page.on("console", visited.note_console)
            page.on("pageerror", lambda error: visited.errors.append(str(error)))
            page.route("**/*", _stay_here)
            page.goto(url)
            yield visited
        finally:
            browser.close()
