"""Transcripts of a handler's turns, in whole sessions on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from gradio_webrtc import AdditionalOutputs, PartialTranscripts, Transcript, get_current_context
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk, written_words
from tests.support.sessions import outputs_of, until

pytestmark = pytest.mark.looptime


class Written:
    """Recognises the words that a scripted listener hears."""

    async def stt(self, audio: Any) -> str:
        return written_words(audio)


def show(said: Transcript) -> Iterator[AdditionalOutputs]:
    yield AdditionalOutputs(get_current_context().webrtc_id, said.text, said.final)


def transcribed(to: Any = show, every_s: float = 0.5) -> ScriptedReply:
    options = PartialTranscripts(to, stt=Written(), every_s=every_s)
    return ScriptedReply(Replier(1.0), partial_transcripts=options)


async def test_the_page_gets_words_while_they_are_said() -> None:
    async with Talk(transcribed()) as talk:
        read: list[tuple[Any, ...]] = []

        async def reading() -> None:
            async for outputs in outputs_of(talk.session).read():
                read.append(outputs.args)

        reader = asyncio.ensure_future(reading())
        await talk.speaks(1.5)
        await until(lambda: read)
        assert read[0][0] == talk.session.webrtc_id
        assert read[0][1].startswith("w0 w1")
        assert not read[0][2]
        assert "fetch_output" in [message.type for message in talk.transport.messages]
        await talk.pauses(7)
        await until(lambda: read[-1][2])
        await talk.passes(2)
        reader.cancel()


async def test_it_is_told_while_a_reply_is_held_and_nothing_is_emitted() -> None:
    told: list[Transcript] = []

    async def note(said: Transcript) -> None:
        told.append(said)

    async with Talk(transcribed(note, every_s=0.1)) as talk:
        await talk.asks(7)
        await talk.passes(0.5)
        told.clear()
        await talk.speaks(0.5)
        assert told
        assert not told[-1].final


async def test_each_connection_has_its_own() -> None:
    handler = transcribed()
    async with Talk(handler) as one, Talk(handler) as other:
        user_codes = [talk.session.user_code() for talk in (one, other)]
        transcribers = [code._transcriber for code in user_codes]
        assert transcribers[0] is not transcribers[1]
    assert handler._transcriber is None


async def test_without_it_nothing_is_recognised() -> None:
    async with Talk(ScriptedReply(Replier(1.0))) as talk:
        await talk.asks(7)
        await talk.passes(1)
        assert talk.session.user_code()._transcriber is None
