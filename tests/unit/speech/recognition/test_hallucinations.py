"""What is believed of what a recogniser says."""

from __future__ import annotations

import pytest

from gradio_webrtc.speech.recognition.hallucinations import believable, is_stand_in


@pytest.mark.parametrize("text", ["Yes.", "No, no, no, no.", "Will it rain tomorrow?", "42"])
def test_what_was_said_is_left_as_it_is(text: str) -> None:
    assert believable(text, 0.8, 1.5, ended=True) == text


def test_what_the_model_does_not_believe_itself_is_not_said() -> None:
    assert believable("I'm not a fool", 0.29, 2.0, ended=True) == ""


@pytest.mark.parametrize("text", ["", "♪♪♪", "...", "- - -"])
def test_signs_are_no_words(text: str) -> None:
    assert believable(text, 0.9, 2.0, ended=True) == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Stop stop stop stop stop stop stop", "Stop"),
        ("Thank you. Thank you. Thank you. Thank", "Thank you."),
        ("the low, The low, the low, the", "the low,"),
        ("You can use the USB cable to use the USB cable to use the USB cable to use the USB",
         "You can use the USB cable to"),
        ("It was the best of times it was the worst of times", None),
        ("no no", None),
    ],
)  # fmt: skip
def test_a_loop_that_was_stopped_is_said_once(text: str, left: str | None) -> None:
    assert believable(text, 0.8, 2.0, ended=False) == (left or text)


def test_more_words_than_anybody_says_in_that_time_are_a_loop_though_it_ended() -> None:
    assert believable("no no no no no no no", 0.8, 0.4, ended=True) == "no"
    assert believable("no no no no no no no", 0.8, 2.0, ended=True) == "no no no no no no no"


def test_what_such_models_say_of_nothing_is_known() -> None:
    assert is_stand_in("You")
    assert is_stand_in("Thank you.")
    assert is_stand_in("♪ Oh, oh ♪")
    assert is_stand_in("© transcript Emily Beynon")
    assert not is_stand_in("Do you?")


@pytest.mark.parametrize(
    ("text", "voice", "believed"),
    [("You", 1.0, True), ("You", 0.9, False), ("No.", 0.9, True), ("No.", 0.3, True)],
)
def test_stand_ins_count_where_a_voice_is_certain(text: str, voice: float, believed: bool) -> None:
    assert believable(text, 0.8, 1.0, ended=True, voice=voice) == (text if believed else "")


def test_where_noise_may_hide_a_voice_the_model_has_to_be_sure() -> None:
    assert believable("Okay.", 0.5, 1.0, ended=True, voice=0.6) == "Okay."
    assert believable("This is", 0.42, 1.0, ended=True, voice=0.6) == ""
    assert believable("1, 2, 3, 4, 4, 4", 0.51, 1.0, ended=False, voice=0.6) == ""
