"""What counts as a model that speaks, and what it may be given."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gradio_webrtc import TTSModel
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS
from gradio_webrtc.speech.synthesis.kokoro import KokoroTTS
from gradio_webrtc.speech.synthesis.tts import TTSOptions, check_text, checked_options


@dataclass
class Mine(TTSOptions):
    speed: float = 1.0


class Other(TTSOptions):
    """Of another engine."""


def test_options_of_the_engine_and_none_are_taken_as_they_are() -> None:
    options = Mine(2.0)
    assert checked_options(Mine, "mine", options) is options
    assert checked_options(Mine, "mine", None) is None


@pytest.mark.parametrize("options", [Other(), {"speed": 2.0}, 2.0])
def test_options_of_another_kind_are_refused_with_both_names(options: object) -> None:
    with pytest.raises(
        ConfigurationError, match=f"mine engine takes Mine, not {type(options).__name__}"
    ):
        checked_options(Mine, "mine", options)


@pytest.mark.parametrize("text", [None, b"Hello", 3])
def test_only_text_can_be_spoken(text: object) -> None:
    check_text("")
    with pytest.raises(ConfigurationError, match=f"a text to speak; got {type(text).__name__}"):
        check_text(text)


def test_the_built_in_voices_are_models_and_half_of_one_is_none() -> None:
    class OnlyWhole:
        def tts(self, text: str, options: object = None) -> None:
            """Cannot stream."""

    assert isinstance(EspeakTTS(), TTSModel)
    assert isinstance(KokoroTTS(), TTSModel)
    assert not isinstance(OnlyWhole(), TTSModel)
