"""Replies that are begun in a pause, in a real conversation."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from gradio_webrtc import AdditionalOutputs, AlgoOptions, Reply, current_reply
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence
from tests.support.voice_client import (
    QUESTION,
    Audio,
    connected,
    logged,
    loud_seconds,
    saw,
    stream,
    tones,
)


async def test_what_is_begun_in_a_pause_is_heard_only_if_the_turn_ends_with_it() -> None:
    said: list[float] = []
    replies: list[Reply] = []
    ready = threading.Event()

    def reply(audio: Audio) -> Iterator[object]:
        said.append(audio[1].shape[1] / audio[0])
        replies.append(current_reply())
        yield AdditionalOutputs(len(said))
        if len(said) > 1:
            ready.set()
        yield from tones(0.6)

    thinking = joined(say("My question is this."), silence(0.9), say(QUESTION))
    # A long pause, so that the second reply is certain to be begun in it on any machine.
    options = {"speculative": True, "algo_options": AlgoOptions(silence_ms=1500)}
    async with Served(stream(reply, **options)) as server:
        client, voice = await connected(server)
        voice.say(thinking)
        await saw(client, "response_ended")
        await until(lambda: loud_seconds(client) > 0.5)
        assert ready.is_set()
        assert logged(client).count("pause_detected") == 1
        assert logged(client).count("response_starting") == 1
        *forgotten, heard = replies
        assert forgotten
        assert all(one.speculative and one.heard_s == 0.0 for one in forgotten)
        assert not heard.speculative
        assert heard.heard_s == pytest.approx(0.6, abs=0.1)
        assert loud_seconds(client) < 0.8
        # From the first syllable, up to the beginning of the pause that ended the turn.
        assert said[-1] == pytest.approx(0.4 + thinking.size / 48_000, abs=0.6)
