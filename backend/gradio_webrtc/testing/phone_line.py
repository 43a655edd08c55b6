"""A telephone call as a scripted caller talks over it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from types import TracebackType
from typing import Any

import numpy as np

from gradio_webrtc.client.errors import CallEndedError
from gradio_webrtc.client.received import Ending, Received, ReceivedAudio
from gradio_webrtc.client.sending.audio_line import Said
from gradio_webrtc.client.sending.sources import AudioToSend, audio_pieces
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.media.audio.resampler import resampled
from gradio_webrtc.simulated_calls.call import SimulatedCall
from gradio_webrtc.simulated_calls.voice import RATE


class PhoneLine:
    """``async with PhoneLine(url) as line:``; a ``ScriptedCall`` over a ``SimulatedCall``.

    Args:
        url, options: those of ``SimulatedCall``.
    """

    def __init__(self, url: str, **options: Any) -> None:
        self.call = SimulatedCall(url, **options)
        self._received = Received()
        self.audio = self._received.audio
        self.messages = self._received.messages
        self.outputs = self._received.outputs
        self.call.on_heard = self._heard

    async def __aenter__(self) -> PhoneLine:
        await self.call.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.call.__aexit__(kind, error, traceback)
        self._received.end(Ending("client_closed"))

    @property
    def ending(self) -> Ending | None:
        """How the call ended."""
        return Ending("client_closed") if self.call.over.is_set() else None

    async def say(self, audio: AudioToSend) -> Said:
        """Say it, and return when it has been said."""
        async with aclosing(audio_pieces(audio)) as pieces:
            parts = [resampled(pcm, RATE, 1)[0] async for pcm in pieces]
        samples = np.concatenate([np.zeros(0, np.int16), *parts])
        began, ended = await self.call.say((RATE, samples))
        return Said(began, ended, not self.call.over.is_set())

    async def press(self, key: str) -> None:
        """Press a key.

        Raises:
            CallEndedError: the call is over.
        """
        if self.call.over.is_set():
            raise CallEndedError("The call is over; no key can be pressed.", "client_closed")
        await self.call.press(key)

    async def hang_up(self) -> None:
        """End the call."""
        await self.call.hang_up()
        await asyncio.wait_for(self.call.over.wait(), 10)

    def _heard(self, samples: Int16Array, at: float) -> None:
        self.audio.put(ReceivedAudio(RATE, samples[np.newaxis], at))
