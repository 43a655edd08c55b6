"""How a test gets a caller: in this process, over a network, or by telephone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from gradio_webrtc.client.connecting import connect
from gradio_webrtc.handlers.adapters.as_handler import UserCode
from gradio_webrtc.json_values import Json
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.synthesis.tts import TTSModel
from gradio_webrtc.stream import Stream
from gradio_webrtc.testing.caller import Caller
from gradio_webrtc.testing.in_process import call_in_process
from gradio_webrtc.testing.phone_line import PhoneLine
from gradio_webrtc.testing.virtual_clock import run_virtually

T = TypeVar("T")
Script = Callable[[Caller], Awaitable[T]]
"""A coroutine function that gets a caller: the script of a test."""


@asynccontextmanager
async def in_process(
    app: Stream | UserCode,
    *,
    inputs: Sequence[Json] = (),
    background: Int16Array | None = None,
    voice: TTSModel | None = None,
    ears: STTModel | None = None,
) -> AsyncIterator[Caller]:
    """``async with in_process(ReplyOnPause(fn)) as caller:`` call an app without a network.

    It takes the event loop's time: virtual under :func:`rehearse`, real elsewhere.

    Args:
        app: a ``Stream``, or what one takes.
        inputs: the values of its other inputs.
        background: of the caller's room, int16 ``(samples,)`` at 48 kHz.
        voice: speaks what the caller says, see ``Caller``.
        ears: understand the replies, see ``Caller``.
    """
    async with call_in_process(app, inputs=inputs, background=background) as (call, link):
        yield Caller(call, press=link.press, voice=voice, ears=ears)


@asynccontextmanager
async def call(
    url: str, *, voice: TTSModel | None = None, ears: STTModel | None = None, **options: Any
) -> AsyncIterator[Caller]:
    """``async with call(url) as caller:`` call a running app, in real time.

    Args:
        url: of the stream or the app.
        **options: those of :func:`gradio_webrtc.client.connect`.
        voice: speaks what the caller says, see ``Caller``.
        ears: understand the replies, see ``Caller``.
    """
    async with connect(url, **options) as connected:
        yield Caller(connected, voice=voice, ears=ears)


@asynccontextmanager
async def phone(
    url: str, *, voice: TTSModel | None = None, ears: STTModel | None = None, **options: Any
) -> AsyncIterator[Caller]:
    """``async with phone(url) as caller:`` telephone a running app as Twilio would.

    Args:
        url: of the app's ``/telephone/incoming``.
        voice: speaks what the caller says, see ``Caller``.
        ears: understand the replies, see ``Caller``.
        **options: those of ``gradio_webrtc.simulated_calls.call.SimulatedCall``.
    """
    async with PhoneLine(url, **options) as line:
        yield Caller(line, press=line.press, voice=voice, ears=ears)


def rehearse(app: Stream | UserCode, script: Script[T], **options: Any) -> T:
    """Call an app in process on a virtual clock, and return what ``script(caller)`` does.

    For tests that are no coroutines; it needs no event loop and no plugin. Ten seconds of talk take
    as long as voice detection, speech and the app's own code compute.

    Args:
        app: a ``Stream``, or what one takes.
        script: a coroutine function.
        options: those of :func:`in_process`.
    """

    async def talk() -> T:
        async with in_process(app, **options) as caller:
            return await script(caller)

    return run_virtually(talk())


def perform(url: str, script: Script[T], **options: Any) -> T:
    """Call a running app in real time, and return what ``script(caller)`` does.

    Args:
        url: of the app.
        script: a coroutine function.
        options: those of :func:`call`.
    """

    async def talk() -> T:
        async with call(url, **options) as caller:
            return await script(caller)

    return asyncio.run(talk())
