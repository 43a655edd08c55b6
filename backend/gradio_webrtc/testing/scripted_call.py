"""What a scripted caller talks over, and what it gets to hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gradio_webrtc.client.feed import Feed
from gradio_webrtc.client.received import Ending, ReceivedAudio, ReceivedMessage, ReceivedOutput
from gradio_webrtc.client.sending.audio_line import Said
from gradio_webrtc.client.sending.sources import AudioToSend
from gradio_webrtc.media.audio.pcm import Int16Array


@runtime_checkable
class ScriptedCall(Protocol):
    """What a caller needs of a call: that of the client, or a telephone's."""

    audio: Feed[ReceivedAudio]
    messages: Feed[ReceivedMessage]
    outputs: Feed[ReceivedOutput]

    @property
    def ending(self) -> Ending | None:
        """How it ended."""
        ...

    async def say(self, audio: AudioToSend) -> Said:
        """Send sound in real time; return when it was sent."""
        ...

    async def hang_up(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True, eq=False)
class Reply:
    """Something that the app said.

    Attributes:
        text: as the recogniser understood it; empty where nobody asked for words.
        began_s, ended_s: when it was heard, in seconds of the call.
        delay_s: from the end of what the caller had said to its beginning.
        sample_rate: in Hz.
        audio: int16 of shape ``(n,)``.
    """

    text: str
    began_s: float
    ended_s: float
    delay_s: float
    sample_rate: int
    audio: Int16Array
