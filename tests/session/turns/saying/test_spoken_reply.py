"""What an app says is made on threads, and asked for by threads. By a real clock."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    ConfigurationError,
    MediaFormatError,
    SpeechHandle,
    SpeechResult,
    get_current_context,
)
from gradio_webrtc.turns.saying.spoken_reply import check_sayable
from tests.session.turns.saying.test_saying import SAYS, handler_of, said, sound
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk, sounds
from tests.support.sessions import until


class Voice:
    """Speaks a text as so many tenths of a second as it has letters."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def tts(self, text: str, options: Any = None) -> tuple[int, np.ndarray]:
        return next(self.stream_tts_sync(text))

    def stream_tts_sync(self, text: str, options: Any = None) -> Iterator[tuple[int, np.ndarray]]:
        self.threads.append(threading.get_ident())
        yield from sounds(SAYS, len(text) / 10)

    async def stream_tts(self, text: str, options: Any = None) -> AsyncIterator[Any]:
        for chunk in self.stream_tts_sync(text):
            yield chunk


async def test_texts_sync_functions_and_generators_are_said_off_the_loop() -> None:
    voice = Voice()
    threads: list[int] = []

    def text() -> str:
        threads.append(threading.get_ident())
        return "ab"

    def generator() -> Iterator[Any]:
        threads.append(threading.get_ident())
        yield sound(0.2)

    async with Talk(ScriptedReply(Replier())) as talk:
        for what in ("ab", text, generator, generator(), lambda: sound(0.2)):
            assert (await handler_of(talk).say(what, tts=voice)).outcome == "played"
        assert said(talk) == pytest.approx(1.0, abs=0.2)
        assert len(voice.threads) == 2
        assert threading.get_ident() not in [*threads, *voice.threads]


async def test_the_best_voice_that_is_here_speaks_when_none_is_given() -> None:
    async with Talk(ScriptedReply(Replier())) as talk:
        result = await handler_of(talk).say("Yes.")
        assert result.outcome == "played"
        assert result.heard_s > 0.1


async def test_a_voice_that_fails_reaches_who_asked() -> None:
    class Broken(Voice):
        def stream_tts_sync(self, text: str, options: Any = None) -> Iterator[Any]:
            raise ValueError("no voice")

    async with Talk(ScriptedReply(Replier())) as talk:
        with pytest.raises(ValueError, match="no voice"):
            await handler_of(talk).say("Yes.", tts=Broken())


async def test_from_a_thread_and_from_user_code() -> None:
    handles: list[SpeechHandle] = []

    def fn(audio: Any) -> None:
        handles.append(get_current_context().say(sound(0.2)))

    async with Talk(ScriptedReply(fn)) as talk:
        handler_of(talk).trigger_response()
        await until(lambda: bool(handles))
        assert (await handles[0]).outcome == "played"
        found: list[SpeechResult] = []
        handler = handler_of(talk)
        asking = threading.Thread(target=lambda: found.append(handler.say(sound(0.2)).result(30)))
        asking.start()
        await until(lambda: bool(found))
        asking.join()
        assert found[0].outcome == "played"
        with pytest.raises(ConfigurationError, match="await handle"):
            handler.say(sound(0.2)).result()


@pytest.mark.parametrize("what", [3, None, object(), [], lambda needed: None])
def test_nothing_to_be_heard(what: Any) -> None:
    with pytest.raises(ConfigurationError):
        check_sayable(what)


def test_audio_is_checked_where_it_is_given() -> None:
    with pytest.raises(MediaFormatError, match="say"):
        check_sayable((16_000, np.zeros((3, 3, 3))))
    with pytest.raises(ConfigurationError, match="tts must be a voice"):
        check_sayable("text", "espeak")  # type: ignore[arg-type]
    for good in ("text", b"RIFF", sound(0.1), sounds(1, 1), lambda: None):
        check_sayable(good)
