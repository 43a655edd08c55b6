"""A microphone that stops sending in the middle of speech, over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from av import AudioFrame

from tests.support.recognisable_tracks import VoiceTrack
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import say
from tests.support.voice_client import QUESTION, Audio, logged, loud_seconds, saw, stream, tones


class Switched(VoiceTrack):
    """A microphone whose packets stop, at once, while ``unmuted`` is not set."""

    def __init__(self) -> None:
        super().__init__()
        self.unmuted = asyncio.Event()
        self.unmuted.set()

    async def recv(self) -> AudioFrame:
        """Return the next 20 ms, when it is on; time goes on meanwhile."""
        if not self.unmuted.is_set():
            loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
            await self.unmuted.wait()
            self.sent += round((loop.time() - began) / self._interval)
        return await super().recv()


async def test_the_turn_is_answered_and_the_next_one_is_another() -> None:
    asked: list[int] = []

    def reply(audio: Audio) -> Iterator[Audio]:
        asked.append(audio[1].shape[1])
        yield from tones(6.0)

    voice = Switched()
    async with Served(stream(reply)) as server:
        client = await server.connected(voice)
        await until(lambda: "listening" in logged(client))
        question = say(QUESTION)
        voice.say(question)
        await saw(client, "started_talking")
        await until(lambda: not voice.speaking)
        voice.unmuted.clear()
        loop, stopped = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        await saw(client, "response_starting")
        assert 0.4 < loop.time() - stopped < 5
        await until(lambda: loud_seconds(client) > 0.5)
        voice.unmuted.set()
        voice.say(question)
        await saw(client, "interrupted")
        await saw(client, "pause_detected", 2)
    first, second = asked
    # Neither has anything of the other: the question alone takes two seconds. The first ends where
    # the microphone did, the second has the silence behind it as well.
    assert -0.2 * 48_000 < second - first < 1.0 * 48_000
