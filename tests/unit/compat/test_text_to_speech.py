"""Speech, where published code imports it from."""

from __future__ import annotations

import gradio_webrtc.text_to_speech as text_to_speech
import pytest

import gradio_webrtc
from gradio_webrtc import ReplacedNameError
from gradio_webrtc.speech.synthesis.kokoro import KokoroTTS


def test_names_are_those_of_the_package_itself():
    assert text_to_speech.get_tts_model is gradio_webrtc.get_tts_model
    assert text_to_speech.KokoroTTSModel is KokoroTTS
    assert text_to_speech.CartesiaTTSOptions is gradio_webrtc.CartesiaTTSOptions


def test_kokoro_needs_no_other_batch_size():
    with pytest.raises(ReplacedNameError, match="cuts long texts by itself"):
        text_to_speech.KokoroFixedBatchSize  # noqa: B018
