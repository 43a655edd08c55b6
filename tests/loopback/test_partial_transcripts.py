"""Transcripts of a real voice over a real connection, with a real recogniser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from gradio_webrtc import (
    AdditionalOutputs,
    PartialTranscripts,
    ReplyOnStopWords,
    Stream,
    Transcript,
    get_stt_model,
)
from tests.support.recognisable_tracks import VoiceTrack
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence
from tests.support.voice_client import Audio, connected, saw, stream, tones

QUESTION = joined(say("How old are you? I like it because it is warm.", "en-us"), silence(0.1))

SPOKEN = set(["how", "old", "are", "you", "i", "like", "it", "because", "it", "is", "warm"])


class Written:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.said: list[Transcript] = []

    def __call__(self, said: Transcript) -> Iterator[AdditionalOutputs]:
        self.said.append(said)
        yield AdditionalOutputs(said.text)

    @property
    def finals(self) -> list[str]:
        return [said.text for said in self.said if said.final]


async def talks_until_written(voice: VoiceTrack, written: Written) -> None:
    """Say it over and over: on a busy machine the first words take a while."""

    def goes_on() -> bool:
        if not voice.speaking:
            voice.say(QUESTION)
        return bool(written.said)

    await until(goes_on)


async def test_words_come_while_they_are_said_and_all_of_them_at_the_end() -> None:
    written = Written()
    heard: list[str] = []

    def reply(audio: Audio) -> Iterator[Audio]:
        heard.append(get_stt_model().stt(audio))
        yield from tones(0.2)

    partial = PartialTranscripts(written, every_s=0.2)
    async with Served(stream(reply, partial_transcripts=partial)) as server:
        client, voice = await connected(server)
        await talks_until_written(voice, written)
        await until(lambda: written.finals)
        await saw(client, "response_ended")
        assert not written.said[0].final
        assert written.said[0].text
        assert written.finals == heard
        # No single word is certain: the codec and the clock have a say in what is recognised.
        assert len(SPOKEN & set(heard[0].lower().split())) >= 3
        committed = [said.committed for said in written.said[:-1]]
        assert all(later.startswith(one) for one, later in pairwise(committed))
        await until(lambda: "fetch_output" in [message["type"] for message in client.messages])


async def test_after_a_stop_word_the_question_is_told_and_not_what_came_before() -> None:
    written = Written()
    heard: list[str] = []

    def reply(audio: Audio) -> None:
        heard.append(get_stt_model().stt(audio))

    handler = ReplyOnStopWords(reply, ["computer"], partial_transcripts=written)
    async with Served(Stream(handler, modality="audio")) as server:
        client, voice = await connected(server)
        voice.say(joined(QUESTION, silence(1.0), say("computer,", "en-us"), silence(0.2)))
        await talks_until_written(voice, written)
        await until(lambda: written.finals)
        await saw(client, "response_ended")
        assert not written.said[0].final
        assert written.finals == heard
        assert not any("computer" in said.text for said in written.said)
