"""Recognition, where published code imports it from."""

from __future__ import annotations

import gradio_webrtc.speech_to_text as speech_to_text

import gradio_webrtc


def test_names_are_those_of_the_package_itself():
    for name in speech_to_text.__all__:
        assert getattr(speech_to_text, name) is getattr(gradio_webrtc, name)
