"""Turn taking, where published code imports it from."""

from __future__ import annotations

import gradio_webrtc.reply_on_pause as reply_on_pause
import pytest

import gradio_webrtc
from gradio_webrtc import ReplacedNameError


def test_names_are_those_of_the_package_itself():
    assert reply_on_pause.ReplyOnPause is gradio_webrtc.ReplyOnPause
    assert reply_on_pause.get_vad_model() is gradio_webrtc.get_silero_model()
    assert isinstance(reply_on_pause.AppState().new(), reply_on_pause.AppState)


def test_stepping_a_generator_needs_no_helper():
    with pytest.raises(ReplacedNameError, match=r"next\(generator\)"):
        reply_on_pause.iterate  # noqa: B018
