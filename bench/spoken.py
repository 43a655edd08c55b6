"""Speech sent by the measuring client when it is asked to, over the noise of a quiet room."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from bench.clips import Clip, ClipTrack
from bench.results import BenchError
from bench.tones import FRAME, SAMPLE_RATE, opus
from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.speech.recognition.model_audio import mono_at
from gradio_webrtc.speech.registry import get_tts_model
from tests.support.synthetic_speech import say

ROOM = 12
"""Standard deviation of the noise, in 16-bit units: a quiet room at a headset."""
MARGIN = 5
"""Packets of room before and after what is said, so that the codec meets no edge."""
SENTENCES = (
    "Will it rain tomorrow?",
    "What is the capital of Australia?",
    "Please turn the light in the kitchen off.",
    "Tell me something about the telephone.",
)

QUIETEST_VOICE = 200
"""Level below which a voice is over, in 16-bit units."""

DecodedAudio = npt.NDArray[np.int16]


def room_clip() -> Clip:
    """Return five seconds of a quiet room, Opus encoded, 20 ms a packet."""
    return Clip("audio", opus(_room(5 * SAMPLE_RATE)), 0.02)


@cache
def sentences() -> tuple[Sequence[bytes], ...]:
    """Return the packets of each sentence, with ``MARGIN`` packets of room around them."""
    return tuple(_packets(text) for text in SENTENCES)


QUESTIONS = (
    "Will it rain tomorrow?",
    "Should I buy a new car this year?",
    "Is my sister going to win the race?",
    "Will I find my keys again?",
)
"""For the Magic 8 Ball."""


@cache
def questions() -> tuple[Sequence[bytes], ...]:
    """Return the packets of each question, by a voice that sounds like a person.

    Raises:
        BenchError: it is not installed.
    """
    try:
        voice = get_tts_model("piper")
    except SpeechEngineError as error:
        raise BenchError(str(error)) from error
    return tuple(_around(_trimmed(mono_at(SAMPLE_RATE, voice.tts(text)))) for text in QUESTIONS)


def _trimmed(sound: DecodedAudio) -> DecodedAudio:
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > QUIETEST_VOICE)
    return sound[loud[0] : loud[-1] + 1]


def _packets(text: str) -> Sequence[bytes]:
    return _around(say(text, "en-us"))


def _around(spoken: DecodedAudio) -> Sequence[bytes]:
    # What is said begins with a packet or ends with one, and its end is what is timed.
    before = MARGIN * FRAME + -len(spoken) % FRAME
    sound = np.concatenate(
        [np.zeros(before, np.int16), spoken // 2, np.zeros(MARGIN * FRAME, np.int16)]
    )
    return opus(sound + _room(len(sound)))


def _room(samples: int) -> DecodedAudio:
    return np.random.default_rng(2).normal(0, ROOM, samples).astype(np.int16)


class SpeakingTrack(ClipTrack):
    """Sends a quiet room, and sentences when told to."""

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._queued: deque[bytes] = deque()
        self._length = 0
        self._began = 0.0
        self._said: asyncio.Future[tuple[float, float]] | None = None

    async def say(self, packets: Sequence[bytes]) -> tuple[float, float]:
        """Say one of ``sentences``, beginning with the next packet.

        Return when the first packet with its voice was handed over, and when the last one was.
        """
        self._queued, self._length = deque(packets), len(packets)
        self._said = asyncio.get_running_loop().create_future()
        return await self._said

    def _payload(self, number: int) -> bytes:
        return self._queued.popleft() if self._queued else super()._payload(number)

    def _handed_over(self, now: float) -> None:
        if self._said is None or self._said.done():
            return
        said = self._length - len(self._queued)
        if said == MARGIN + 1:
            self._began = now
        if said == self._length - MARGIN:
            self._said.set_result((self._began, now))
