"""A turn detector that goes by words, in a real conversation with a real recogniser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradio_webrtc import WordsTurnDetector, get_stt_model
from tests.support.serving import Served
from tests.support.synthetic_speech import joined, say, silence
from tests.support.voice_client import Audio, connected, saw, stream, tones

# Sentences that the recogniser of the base install gets right from this voice: what it is known for
# getting wrong is not what is tested here.
UNFINISHED, MORE = say("I like it because,", "en-us"), say("it is warm.", "en-us")
FINISHED = say("How old are you?", "en-us")


async def test_a_thinker_is_let_go_on_and_a_question_is_answered_soon() -> None:
    said: list[float] = []
    heard: list[str] = []
    sphinx = get_stt_model("sphinx")

    class Noting:
        def stt(self, audio: Audio) -> str:
            heard.append(sphinx.stt(audio))
            return heard[-1]

    def reply(audio: Audio) -> Iterator[Audio]:
        said.append(audio[1].shape[1] / audio[0])
        yield from tones(0.2)

    options = {"turn_detector": WordsTurnDetector(Noting()), "turn_deadline_s": 5.0}
    async with Served(stream(reply, **options)) as server:
        client, voice = await connected(server)
        thinking = joined(UNFINISHED, silence(0.6), MORE)
        voice.say(thinking)
        await saw(client, "response_ended")
        assert heard[0].endswith("because")
        assert said == [pytest.approx(thinking.size / 48_000 + 0.6, abs=2.0)]
        voice.say(FINISHED)
        await saw(client, "response_ended", 2)
        assert heard[-1] == "how old are you"
        # With 0.4 s before the first syllable and a quarter of a second of silence, and what a busy
        # machine needs to recognise it; the deadline is five seconds.
        assert said[1] - FINISHED.size / 48_000 < 3.0
    assert len(said) == 2


async def test_without_it_the_thinker_is_interrupted() -> None:
    """Half a second of silence ends a turn, so the pause above is one that matters."""
    said: list[float] = []

    def reply(audio: Audio) -> Iterator[Audio]:
        said.append(audio[1].shape[1] / audio[0])
        yield from tones(0.2)

    async with Served(stream(reply)) as server:
        client, voice = await connected(server)
        voice.say(joined(UNFINISHED, silence(0.6), MORE))
        await saw(client, "response_ended", 2)
    assert len(said) == 2
