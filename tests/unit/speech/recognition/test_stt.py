"""What counts as a model that turns speech into text."""

from __future__ import annotations

from gradio_webrtc import STTModel
from gradio_webrtc.speech.recognition.moonshine import MoonshineSTT
from gradio_webrtc.speech.recognition.sphinx import SphinxSTT


def test_whatever_has_stt_is_one() -> None:
    class Mine:
        def stt(self, audio: object) -> str:
            return ""

    assert isinstance(Mine(), STTModel)
    assert not isinstance(object(), STTModel)


def test_the_built_in_ones_are() -> None:
    assert isinstance(SphinxSTT(), STTModel)
    assert isinstance(MoonshineSTT(), STTModel)
