"""The computer as a person calls it: nothing without its name, an answer after it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import hear, microphone
from tests.browser.pages import PATIENCE
from tests.support import demos

SLOW = 2 * PATIENCE * 1000


def test_it_sleeps_until_it_is_called_and_answers_aloud(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    # At an ordinary pace: said more slowly by this voice, the word is confirmed by the spotter only
    # every other time, as the noise falls.
    said = ("It is a nice day.", 3.0, "Computer, what time is it?", 25.0)
    flags = microphone(tmp_path / "voice.wav", 9.0, *said, speed=1.0)
    page = visit(serve(demos.load("hello_computer").demo), flags=flags)
    # A pair of eyes that open, and every word the page was woken by.
    page.page.evaluate(
        """() => {
          window.seen = [];
          const look = () => {
            const state = document.querySelector("[data-machine]").dataset.machine;
            const word = document.querySelector("[data-testid=webrtc-stopword]");
            seen.push(state + ":" + (word ? word.innerText : ""));
          };
          new MutationObserver(look).observe(document, {
            childList: true, subtree: true, attributes: true, characterData: true,
          });
        }"""
    )
    computer = page.component()
    computer.start()
    hear(computer)
    machine = page.page.locator("[data-machine]")
    expect(machine.locator(".said")).to_contain_text("Hello")
    expect(machine).to_have_attribute("data-machine", "awake", timeout=SLOW)
    hear(computer)
    expect(machine.locator(".said")).not_to_contain_text("Hello! I am asleep", timeout=SLOW)
    expect(machine.locator(".said")).not_to_have_text("", timeout=SLOW)
    assert any("computer" in seen for seen in page.page.evaluate("seen"))
    expect(machine).to_have_attribute("data-machine", "asleep", timeout=SLOW)
    computer.stop()
