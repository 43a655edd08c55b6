"""A handler whose every word the test writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    Link,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
)
from tests.support.emissions import emission_of

Hook = Callable[..., Awaitable[None]]


class ScriptedHandler:
    """Implements ``handlers.protocol.Handler``.

    What ``say`` was given comes out of ``emit``; an exception is raised there instead. The hooks
    ``on_start(link)``, ``on_receive(kind, frame)``, ``on_submit(data, *args)`` and ``on_close()``
    run inside the calls.

    Attributes:
        link: the session, after ``start``.
        started, closed: how often ``start`` and ``aclose`` were called.
        received: what arrived, as ``(kind, frame)``.
        args: every set of arguments that arrived.
        submitted: every submit that arrived, a ``WebRTCData`` and the other arguments.
        pressed: every key of a telephone that arrived.
        emits_taken: how often ``emit`` was entered.
        dropped: what it says to have dropped.
    """

    def __init__(
        self,
        *,
        receives: Iterable[MediaKind] = ("audio", "video"),
        emits: Iterable[MediaKind] = ("audio",),
        audio_format: AudioFormat | None = None,
    ) -> None:
        self.receives = frozenset(receives)
        self.emits = frozenset(emits)
        self.audio_format = audio_format or AudioFormat()
        self.fps = 30
        self.video_backlog = 1
        self.dropped = 0
        self.user_code = self
        self.link: Link | None = None
        self.started = 0
        self.closed = 0
        self.received: list[tuple[MediaKind, Any]] = []
        self.args: list[tuple[Any, ...]] = []
        self.emits_taken = 0
        self.dropped = 0
        self.submitted: list[tuple[Any, ...]] = []
        self.pressed: list[str] = []
        self.talked: list[bool] = []
        self.on_submit: Hook | None = None
        self.on_start: Hook | None = None
        self.on_receive: Hook | None = None
        self.on_close: Hook | None = None
        self._script: dict[str, asyncio.Queue[Any]] = {kind: asyncio.Queue() for kind in self.emits}

    def say(self, *values: Any, kind: MediaKind = "audio") -> None:
        """Let ``emit(kind)`` return these values one after another; exceptions are raised."""
        for value in values:
            self._script[kind].put_nowait(value)

    async def start(self, link: Link) -> None:
        """Remember the session."""
        self.started += 1
        self.link = link
        if self.on_start is not None:
            await self.on_start(link)

    def set_args(self, args: Sequence[Any]) -> None:
        """Remember the arguments."""
        self.args.append(tuple(args))

    async def submit(self, args: Sequence[Any]) -> None:
        """Remember what was submitted."""
        self.submitted.append(tuple(args))
        if self.on_submit is not None:
            await self.on_submit(*args)

    def talk(self, pressed: bool) -> None:
        """Remember the button."""
        self.talked.append(pressed)

    async def press(self, digit: str) -> None:
        """Remember the key."""
        self.pressed.append(digit)

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Remember the audio."""
        await self._receive("audio", audio)

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Remember the frame."""
        await self._receive("video", frame)

    async def _receive(self, kind: MediaKind, media: ReceivedAudio | ReceivedVideo) -> None:
        self.received.append((kind, media))
        if self.on_receive is not None:
            await self.on_receive(kind, media)

    async def emit(self, kind: MediaKind) -> Emission:
        """Follow the script."""
        self.emits_taken += 1
        value = await self._script[kind].get()
        if isinstance(value, BaseException):
            raise value
        return emission_of(value, kind)

    async def aclose(self) -> None:
        """Count, then do what the test wants."""
        self.closed += 1
        if self.on_close is not None:
            await self.on_close()
