"""A turn detector that goes by words, in a whole conversation with a real recogniser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gradio_webrtc import ReplyOnPause, WordsTurnDetector, get_stt_model
from gradio_webrtc.testing import Caller, rehearse
from tests.support.synthetic_speech import joined, say, silence
from tests.support.voice_client import Audio, tones

# Sentences that the recogniser of the base install gets right from this voice: what it is known for
# getting wrong is not what is tested here.
UNFINISHED, MORE = say("I like it because,", "en-us"), say("it is warm.", "en-us")
FINISHED = say("How old are you?", "en-us")
THINKING = joined(UNFINISHED, silence(0.6), MORE)


def replying(said: list[float], **options: Any) -> ReplyOnPause:
    """Return a handler that notes how many seconds were said, and answers with a tone."""

    def reply(audio: Audio) -> Iterator[Audio]:
        said.append(audio[1].shape[1] / audio[0])
        yield from tones(0.2)

    return ReplyOnPause(reply, **options)


def test_a_thinker_is_let_go_on_and_a_question_is_answered_soon() -> None:
    said: list[float] = []
    heard: list[str] = []
    sphinx = get_stt_model("sphinx")

    class Noting:
        def stt(self, audio: Audio) -> str:
            heard.append(sphinx.stt(audio))
            return heard[-1]

    async def script(caller: Caller) -> None:
        await caller.say((48_000, THINKING))
        await caller.expect_reply(within_s=6)
        assert heard[0].endswith("because")
        # With 0.4 s before the first syllable, and the silence after the last one.
        assert said == [pytest.approx(THINKING.size / 48_000 + 0.6, abs=0.6)]
        await caller.say((48_000, FINISHED))
        await caller.expect_reply(within_s=2)
        assert heard[-1] == "how old are you"

    detector = WordsTurnDetector(Noting())
    rehearse(replying(said, turn_detector=detector, turn_deadline_s=5.0), script)
    assert len(said) == 2


def test_without_it_the_thinker_is_interrupted() -> None:
    """Half a second of silence ends a turn, so the pause above is one that matters."""
    said: list[float] = []

    async def script(caller: Caller) -> None:
        await caller.say((48_000, THINKING))
        await caller.call.messages.first(lambda _: len(said) == 2)

    rehearse(replying(said, turn_detector=None), script)
