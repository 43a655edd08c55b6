"""A published subclass over a real connection: it answers at the word "over", and not before."""

from __future__ import annotations

from typing import Any

import numpy as np
from gradio_webrtc.reply_on_pause import AppState

from gradio_webrtc import ReplyOnPause, Stream, get_stt_model
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence
from tests.support.voice_client import Audio, connected, logged, loud_seconds, saw, tones


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


async def test_it_answers_at_the_word_over() -> None:
    asked: list[Audio] = []
    async with Served(Stream(WalkieTalkie(asked), modality="audio")) as server:
        client, voice = await connected(server)
        voice.say(joined(say("how are you", "en-us"), silence(1.8)))
        await saw(client, "started_talking")
        await until(lambda: not voice.speaking)
        assert not asked, "a pause is no end of a turn"
        voice.say(joined(say("tell me the news over", "en-us", speed=0.85), silence(1.5)))
        await saw(client, "response_starting")
        await until(lambda: loud_seconds(client) > 0.5)
    [(rate, said)] = asked
    assert rate == 16_000
    assert said.shape[1] / rate > 3, "both of what was said, and the pause between"
    assert "pause_detected" in logged(client)
