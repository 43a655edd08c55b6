"""The conversation as a person has it: greeted, answered, interrupting, and playing it again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import TurnListener, hear, microphone
from tests.browser.pages import PATIENCE, Visit
from tests.support import demos

GREETED = 6.0
"""Seconds after which the greeting is over and the person begins to speak."""
LONG = "This is going to take a while. " * 6


def bubbles(page: Visit, side: str) -> Locator:
    """Return the messages of ``user`` or ``bot`` that have sound."""
    players = page.page.get_by_test_id("waveform-Audio")
    return page.page.locator(f".{side}.message").filter(has=players)


def start(page: Visit) -> None:
    talk = page.component()
    talk.start()
    page.until(talk.hears, "the greeting")


def length(page: Visit, bubble: Locator) -> int:
    """Return the seconds of a message's sound, which the page knows once it is loaded."""
    shown = bubble.locator(".timestamp")
    page.until(lambda: shown.inner_text() != "0:00", "the sound of a message")
    minutes, seconds = shown.inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def plays(page: Visit, bubble: Locator) -> None:
    """Play the sound of a message from its beginning to its end."""
    assert length(page, bubble) > 0
    bubble.get_by_role("button", name="Play").click()
    bubble.get_by_role("button", name="Pause").wait_for()
    bubble.get_by_role("button", name="Play").wait_for()


def test_both_sides_are_heard_shown_and_can_be_played_again(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    flags = microphone(tmp_path / "voice.wav", GREETED, "Hello my friend.", 25.0)
    page = visit(serve(demos.load("conversation").demo), flags=flags)
    start(page)
    mine, its = bubbles(page, "user"), bubbles(page, "bot")
    expect(its).to_have_count(1, timeout=PATIENCE * 1000)
    assert "I am listening" in its.first.inner_text()
    expect(mine).to_have_count(1, timeout=PATIENCE * 1000)
    hear(page.component())
    expect(its).to_have_count(2, timeout=PATIENCE * 1000)
    page.page.get_by_role("button", name="Stop the conversation").click()
    page.component().reach("idle")
    assert page.component().error() is None
    plays(page, mine.first)
    plays(page, its.last)


def test_an_answer_stops_when_the_person_speaks_and_only_what_was_heard_is_kept(
    serve: Serve, visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = microphone(
        tmp_path / "voice.wav", GREETED, "Tell me a story.", 4.0,
        "No, wait, I do not want to hear that one again.", 25.0,
    )  # fmt: skip
    module = demos.load("conversation")
    answers = iter([LONG, "As you like."])
    monkeypatch.setattr(module, "get_stt_model", lambda: TurnListener("whatever"))
    monkeypatch.setattr(module, "answer", lambda heard: next(answers))
    page = visit(serve(module.demo), flags=flags)
    start(page)
    its = bubbles(page, "bot")
    expect(its).to_have_count(3, timeout=2 * PATIENCE * 1000)
    cut_off = its.nth(1)
    heard = next(line for line in cut_off.inner_text().splitlines() if "while" in line).strip()
    assert LONG.startswith(heard), heard
    assert 2 <= len(heard.split()) < len(LONG.split()) - 2
    assert 0 < length(page, cut_off) < 12
    assert "As you like." in its.nth(2).inner_text()
    page.component().stop()


def test_goodbye_ends_it(
    serve: Serve, visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = microphone(tmp_path / "voice.wav", GREETED, "Well, goodbye!", 25.0)
    module = demos.load("conversation")
    monkeypatch.setattr(module, "get_stt_model", lambda: TurnListener("well goodbye"))
    page = visit(serve(module.demo), flags=flags)
    start(page)
    page.component().reach("idle", seconds=2 * PATIENCE)
    assert "The conversation is over" in (page.component().notice() or "")
    expect(bubbles(page, "bot")).to_have_count(2, timeout=PATIENCE * 1000)
