"""What a handler that replies on a pause knows of the turn so far, under the published names."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from gradio_webrtc.media.audio.pcm import AudioArray


@dataclass
class AppState:
    """What ``process_audio`` and ``determine_pause`` of a ``ReplyOnPause`` note down.

    Attributes:
        stream: the turn so far, int16 of shape ``(samples,)``; ``None`` before anybody spoke. What
            a reply is called with.
        sampling_rate: of ``stream`` and ``buffer``, in Hz; 0 before there was audio.
        pause_detected: whether the turn is over.
        started_talking: whether it has begun.
        responding: whether a reply goes on.
        stopped: without effect.
        buffer: audio that was not decided about yet; ``None`` for none.
        responded_audio: whether the reply has given audio.
        interrupted: without effect.
    """

    stream: AudioArray | None = None
    sampling_rate: int = 0
    pause_detected: bool = False
    started_talking: bool = False
    responding: bool = False
    stopped: bool = False
    buffer: AudioArray | None = None
    responded_audio: bool = False
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    def new(self) -> AppState:
        """Return the state before a turn."""
        return type(self)()


@dataclass
class ReplyOnStopWordsState(AppState):
    """The same for a handler that waits for a stop word.

    Attributes:
        stop_word_detected: whether the word was heard.
        post_stop_word_buffer: the audio it is looked for in.
        started_talking_pre_stop_word: without effect.
    """

    stop_word_detected: bool = False
    post_stop_word_buffer: AudioArray | None = None
    started_talking_pre_stop_word: bool = False
