"""Words decide about an interruption, in a real conversation with a real recogniser."""

from __future__ import annotations

from collections.abc import Iterator

from gradio_webrtc import InterruptionOptions, MoonshineSTT
from tests.support.moonshine_weights import needs_weights
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence
from tests.support.voice_client import QUESTION, Audio, connected, logged, saw, stream, tones


@needs_weights
async def test_a_yes_lets_a_reply_go_on_and_a_stop_ends_it() -> None:
    asked: list[float] = []

    def reply(audio: Audio) -> Iterator[Audio]:
        asked.append(audio[1].shape[1] / audio[0])
        yield from tones(60.0)

    # Neither is as long as that: if the reply ends it is because of the words.
    options = InterruptionOptions(min_speech_s=2.0, words="en", stt=MoonshineSTT("moonshine/tiny"))
    async with Served(stream(reply, interruption=options)) as server:
        client, voice = await connected(server)
        voice.say(joined(say(QUESTION, "en-us"), silence(0.5)))
        await saw(client, "response_starting")
        voice.say(joined(say("Okay, sure.", "en-us"), silence(1.0)))
        await saw(client, "response_starting", 2)
        assert "interrupted" not in logged(client)
        voice.say(joined(say("Stop it.", "en-us"), silence(1.0)))
        await saw(client, "interrupted")
        await until(lambda: len(asked) == 2)
        assert asked[1] < 2.0
