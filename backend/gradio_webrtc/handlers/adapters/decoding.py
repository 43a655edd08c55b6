"""A stage around any handler: what it emits encoded comes out as frames."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
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
        """Start the inner handler; when what is played is cleared, files are stopped as well."""
        link.playback.before_clear(self._clear)
        await self.inner.start(link)

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
