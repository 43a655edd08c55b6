"""A stage around any handler: what it emits encoded comes out as frames."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Sequence
from typing import Any

from gradio_webrtc.handlers.adapters.encoded_media import EncodedMedia
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    Handler,
    Link,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
    TurnLog,
)
from gradio_webrtc.media.decoding.file_timeline import FileTimeline


class DecodingHandler:
    """A ``protocol.Handler`` that passes everything through, and decodes what is encoded.

    Each kind of media that the inner handler emits is decoded by itself: of a file that ``emit``
    returned the sound is played, of one that ``video_emit`` returned the pictures.

    Args:
        inner: the handler.
        name: of the user's code, for threads.
    """

    def __init__(self, inner: Handler, name: str) -> None:
        self.inner = inner
        sound = self._media("audio", name, None) if "audio" in inner.emits else None
        self._emitted: dict[MediaKind, EncodedMedia] = {}
        if sound is not None:
            self._emitted["audio"] = sound
        if "video" in inner.emits:
            leader = None if sound is None else sound.timeline
            self._emitted["video"] = self._media("video", name, leader)

    @property
    def receives(self) -> frozenset[MediaKind]:
        """What the inner handler receives."""
        return self.inner.receives

    @property
    def emits(self) -> frozenset[MediaKind]:
        """What the inner handler emits."""
        return self.inner.emits

    @property
    def audio_format(self) -> AudioFormat:
        """What the inner handler wants."""
        return self.inner.audio_format

    @property
    def fps(self) -> int:
        """How many pictures a second the inner handler shows."""
        return self.inner.fps

    @property
    def dropped(self) -> int:
        """How many frames the inner handler dropped."""
        return self.inner.dropped

    async def start(self, link: Link) -> None:
        """Start the inner handler, whose ``clear`` stops files as well."""
        await self.inner.start(_ClearingLink(link, self._clear))

    def set_args(self, args: Sequence[Any]) -> None:
        """Pass ``args`` on."""
        self.inner.set_args(args)

    async def submit(self, args: Sequence[Any]) -> None:
        """Pass what the person submitted on."""
        await self.inner.submit(args)

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Pass ``audio`` on."""
        await self.inner.receive_audio(audio)

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Pass ``frame`` on."""
        await self.inner.receive_video(frame)

    async def emit(self, kind: MediaKind) -> Emission:
        """Wait for the next value that is not encoded, or the next frame of one that is."""
        return await self._emitted[kind].take()

    async def aclose(self) -> None:
        """Stop decoding and close the inner handler. Idempotent."""
        # At the same time: each may have to wait for threads that user code holds up.
        closing = [self.inner.aclose(), *(media.aclose() for media in self._emitted.values())]
        results = await asyncio.gather(*closing, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def _media(self, kind: MediaKind, name: str, leader: FileTimeline | None) -> EncodedMedia:
        source = functools.partial(self.inner.emit, kind)
        return EncodedMedia(source, frozenset({kind}), name, leader)

    def _clear(self) -> None:
        for media in self._emitted.values():
            media.clear()


class _ClearingLink:
    """A link whose ``clear`` also stops the file that is being decoded."""

    def __init__(self, link: Link, clear: Callable[[], None]) -> None:
        self._link = link
        self._clear = clear

    @property
    def webrtc_id(self) -> str:
        """The session's id."""
        return self._link.webrtc_id

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop the session runs on."""
        return self._link.loop

    @property
    def phone_mode(self) -> bool:
        """True when the session is a telephone call."""
        return self._link.phone_mode

    @property
    def composer(self) -> bool:
        """True when the client has a text composer."""
        return self._link.composer

    def log(self, event: TurnLog) -> None:
        """Tell of a turn-taking event."""
        self._link.log(event)

    def stopword(self, word: str) -> None:
        """Tell of a stop word."""
        self._link.stopword(word)

    def send(self, text: str) -> None:
        """Send ``text``."""
        self._link.send(text)

    def request_inputs(self) -> None:
        """Ask for the values of the inputs."""
        self._link.request_inputs()

    def clear(self) -> None:
        """Drop the sound that is queued, and stop the file it comes from."""
        # First the file: what it still gives out must not be queued behind the clearing.
        self._link.loop.call_soon_threadsafe(self._clear)
        self._link.clear()

    def hold(self) -> None:
        """Fall silent; a file is decoded no further than there is room."""
        self._link.hold()

    def release(self) -> None:
        """Go on."""
        self._link.release()

    async def drain(self) -> None:
        """Wait until what reached the wire has been played."""
        await self._link.drain()

    @property
    def played_s(self) -> float:
        """Seconds that were played."""
        return self._link.played_s
