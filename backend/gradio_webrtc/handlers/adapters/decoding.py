"""What all adapters have in common: what user code emits encoded leaves them as frames."""

from __future__ import annotations

import asyncio
import functools
from abc import ABC, abstractmethod
from typing import Any

from gradio_webrtc.handlers.adapters.encoded_media import EncodedMedia
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.protocol import Link, MediaKind
from gradio_webrtc.media.decoding.file_timeline import FileTimeline


class DecodingHandler(ABC):
    """Base of every ``protocol.Handler`` that runs user code; decodes what is encoded.

    Each kind of media is decoded by itself: of a file that ``emit`` returned the audio is played,
    of one that ``video_emit`` returned the frames.

    An adapter says how user code is started, asked for its next value and closed: ``_start``,
    ``_emit`` and ``_close``. ``_closing`` is set from the moment that it is to be closed.

    Args:
        name: of the user's code, for threads.
        emits: the kinds of media that it emits.

    Attributes:
        video_backlog: how many received frames may wait for it; 1 is the newest only.
    """

    video_backlog = 1

    def __init__(self, name: str, emits: frozenset[MediaKind]) -> None:
        self._closing: asyncio.Task[None] | None = None
        self._decoders: dict[MediaKind, EncodedMedia] = {}
        sound = self._decoder("audio", name) if "audio" in emits else None
        if sound is not None:
            self._decoders["audio"] = sound
        if "video" in emits:
            leader = None if sound is None else sound.timeline
            self._decoders["video"] = self._decoder("video", name, leader)

    async def start(self, link: Link) -> None:
        """Prepare user code; when what is played is cleared, files are stopped as well."""
        link.playback.before_clear(self._clear)
        await self._start(link)

    async def press(self, digit: str) -> None:  # noqa: B027 - most have no keys
        """Ignore the keys of telephones: user code of this kind takes none."""

    def talk(self, pressed: bool) -> None:  # noqa: B027 - most take no turns
        """Ignore a button that is held to talk."""

    async def emit(self, kind: MediaKind) -> Emission:
        """Wait for the next value that is not encoded, or the next frame of one that is."""
        return await self._decoders[kind].take()

    async def aclose(self) -> None:
        """Stop decoding, close user code and give back the threads. Idempotent."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        # At the same time: each may have to wait for threads that user code holds up.
        decoders = [decoder.aclose() for decoder in self._decoders.values()]
        closing = [asyncio.shield(self._closing), *decoders]
        results = await asyncio.gather(*closing, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    @property
    @abstractmethod
    def user_code(self) -> Any:
        """What the author wrote, ``None`` while there is no copy of it for this connection."""

    @abstractmethod
    async def _start(self, link: Link) -> None:
        """Prepare user code for this connection."""

    @abstractmethod
    async def _emit(self, kind: MediaKind) -> Emission:
        """Wait for the next value user code emits, encoded or not.

        Raises:
            EndOfStream: nothing more will come.
            MediaFormatError: it emitted what is no media; the text names what came from where.
        """

    @abstractmethod
    async def _close(self) -> None:
        """Close user code and give back its threads; called once."""

    def _decoder(
        self, kind: MediaKind, name: str, leader: FileTimeline | None = None
    ) -> EncodedMedia:
        source = functools.partial(self._emit, kind)
        return EncodedMedia(source, frozenset({kind}), name, leader)

    def _clear(self) -> None:
        for decoder in self._decoders.values():
            decoder.clear()
