"""The published state of a turn."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.turns.app_state import AppState, ReplyOnStopWordsState


def test_a_new_one_knows_of_nothing_and_is_of_the_same_kind():
    for kind in (AppState, ReplyOnStopWordsState):
        state = kind(stream=np.zeros(3, np.int16), started_talking=True).new()
        assert type(state) is kind
        assert state.stream is None
        assert not state.started_talking
        assert not state.interrupted.is_set()
