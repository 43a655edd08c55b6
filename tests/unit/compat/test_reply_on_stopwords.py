"""Stop words, where published code imports them from."""

from __future__ import annotations

from gradio_webrtc.reply_on_pause import AppState
from gradio_webrtc.reply_on_stopwords import ReplyOnStopWords, ReplyOnStopWordsState

import gradio_webrtc


def test_names_are_those_of_the_package_itself():
    assert ReplyOnStopWords is gradio_webrtc.ReplyOnStopWords
    state = ReplyOnStopWordsState(stop_word_detected=True).new()
    assert isinstance(state, AppState)
    assert isinstance(state, ReplyOnStopWordsState)
    assert not state.stop_word_detected
