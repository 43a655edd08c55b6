"""The telephone demo: a call from the page, its keys, and a caller who needs no page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import hear, microphone
from tests.browser.pages import PATIENCE, Visit
from tests.support import demos


@pytest.fixture
def page(serve: Serve, visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    silent = microphone(tmp_path / "silence.wav", 40.0)
    return visit(serve(demos.load("phone").demo), flags=silent)


def journal(page: Visit) -> str:
    return page.page.get_by_label("The call").input_value()


def noted(page: Visit, words: str, seconds: float = PATIENCE) -> None:
    page.until(lambda: words in journal(page), lambda: f"{words!r} in {journal(page)!r}", seconds)


def test_the_telephone_of_the_page_is_answered_and_its_keys_interrupt(page: Visit) -> None:
    phone = page.component()
    phone.start()
    noted(page, "answered")
    hear(phone)  # the welcome
    page.page.get_by_role("button", name="2", exact=True).click()
    noted(page, "key 2")
    noted(page, "interrupted: clear")
    hear(phone)  # the day
    phone.stop()


def test_somebody_else_calls_asks_and_listens(page: Visit) -> None:
    page.page.get_by_label("Question").fill("What is the time?")
    page.page.get_by_role("button", name="Call it").click()
    noted(page, "hangs up", 60)
    text = journal(page)
    assert "says: What is the time?" in text
    assert "interrupted: clear" in text, "asked into the welcome"
    page.page.locator("audio, [data-testid=waveform-x]").first.wait_for(state="attached")
