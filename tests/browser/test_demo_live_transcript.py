"""The transcript as a person makes it: words while they are said, a line of text at the pause."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import microphone
from tests.browser.pages import PATIENCE
from tests.support import demos

NOTE_WHAT_IS_BEING_SAID = """() => {
    window.beingSaid = [];
    const note = () => {
        const line = document.querySelector(".sheet .now");
        if (line) window.beingSaid.push(line.textContent);
    };
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
}"""


def test_what_is_said_is_written_while_it_is_said(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    flags = microphone(
        tmp_path / "voice.wav",
        "Good morning, it is a very good day, and we are going to the party in the evening.",
        20.0,
    )
    page = visit(serve(demos.load("live_transcript").demo), flags=flags)
    page.page.evaluate(NOTE_WHAT_IS_BEING_SAID)
    microphone_of = page.component()
    text = page.page.locator("textarea")
    microphone_of.start()
    # On a busy machine the first turn may be over before its first words are recognised; the
    # microphone says the sentence again.
    page.until(
        lambda: page.page.evaluate("() => window.beingSaid.length > 0"),
        "words while they are said",
        4 * PATIENCE,
    )
    page.until(text.input_value, "the text", 4 * PATIENCE)
    first = page.page.locator(".sheet p:not(.now)").first.inner_text()
    assert text.input_value().splitlines()[0] == first
    words = set(text.input_value().split())
    # The embedded recognition is rough with this voice; some of the words it understands.
    assert words & {"good", "morning", "day", "going", "party", "evening", "very", "it", "is"}
    microphone_of.stop()
