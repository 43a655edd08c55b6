"""What a transcript says of itself."""

from __future__ import annotations

from gradio_webrtc import Transcript


def test_its_text_is_what_stays_and_what_may_change() -> None:
    said = Transcript("what is the", "capitol")
    assert said.text == str(said) == "what is the capitol"
    assert not said.final


def test_one_part_may_be_missing() -> None:
    assert Transcript("", "what").text == "what"
    assert Transcript("what", "").text == "what"
    assert Transcript("").text == ""
