"""A published subclass in a whole talk: it answers at the word "over", and not before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gradio_webrtc.reply_on_pause import AppState

from gradio_webrtc import ReplyOnPause, get_stt_model
from gradio_webrtc.testing import Caller, rehearse
from tests.support.synthetic_speech import say
from tests.support.voice_client import Audio, tones


class WalkieTalkie(ReplyOnPause):
    """Transcribes what has been said whenever a chunk of it was decided about."""

    def __init__(self, asked: list[Audio]) -> None:
        def reply(audio: Audio) -> Any:
            asked.append(audio)
            yield from tones(0.6)

        super().__init__(reply, input_sample_rate=16_000)
        self.asked = asked
        self.stt_model = get_stt_model("sphinx")

    def determine_pause(self, audio: np.ndarray, sampling_rate: int, state: AppState) -> bool:
        super().determine_pause(audio, sampling_rate, state)
        if state.buffer is not None or state.stream is None:
            return False  # not decided yet, or nothing said
        recent = state.stream[-round(2.4 * sampling_rate) :]
        return "over" in self.stt_model.stt((sampling_rate, recent)).split()

    def copy(self) -> WalkieTalkie:
        return WalkieTalkie(self.asked)


def test_it_answers_at_the_word_over() -> None:
    asked: list[Audio] = []

    async def script(caller: Caller) -> None:
        await caller.say((48_000, say("how are you", "en-us")))
        await caller.expect_silence(1.8)
        assert not asked, "a pause is no end of a turn"
        await caller.say((48_000, say("tell me the news over", "en-us", speed=0.85)))
        reply = await caller.expect_reply(within_s=5)
        assert reply.ended_s - reply.began_s == pytest.approx(0.6, abs=0.1)
        await caller.call.messages.first(lambda message: message.data == "pause_detected")

    rehearse(WalkieTalkie(asked), script)
    [(rate, said)] = asked
    assert rate == 16_000
    assert said.shape[1] / rate > 3, "both of what was said, and the pause between"
