"""A wire that only remembers what a session did with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from gradio_webrtc.handlers.protocol import MediaKind, PlaybackControl
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.session.messages import Message
from tests.support.emissions import media_of


class FakeTransport:
    """Implements ``session.transport.Transport``, and is its own playback.

    Attributes:
        played: what was played, as ``(kind, media)``, media as user code has it.
        messages: the control messages sent.
        texts: the plain texts sent.
        calls: the names of all calls in order, messages as ``send:<type>``.
        cleared: how often queued audio was dropped.
        held: whether the audio is held now.
        played_s: what it says to have played.
        queued_s: what it says to wait.
        closed: how often ``aclose`` was called.
        room: while unset, playing waits: back-pressure.
        drained: while unset, ``drain`` waits.
        close_error: raised by ``aclose`` when set.
    """

    def __init__(self) -> None:
        self.played: list[tuple[MediaKind, Any]] = []
        self.messages: list[Message] = []
        self.texts: list[str] = []
        self.calls: list[str] = []
        self.cleared = 0
        self.held = False
        self.played_s = 0.0
        self.queued_s = 0.0
        self.backlog = 0.0
        self.closed = 0
        self.room = asyncio.Event()
        self.room.set()
        self.drained = asyncio.Event()
        self.drained.set()
        self.close_error: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._before_clear: list[Callable[[], None]] = []

    @property
    def playback(self) -> PlaybackControl:
        """This."""
        return self

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Wait for room, then take ``audio``."""
        await self._play("audio", audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Wait for room, then take ``frame``."""
        await self._play("video", frame)

    async def _play(self, kind: MediaKind, media: EmittedAudio | EmittedVideo) -> None:
        await self.room.wait()
        self.calls.append("play")
        self.played.append((kind, media_of(media)))

    async def drain(self) -> None:
        """Wait until the test says that everything has been heard."""
        self.calls.append("drain")
        await self.drained.wait()

    async def until_played(self, seconds: float) -> None:
        """Wait for ever: nothing is played here."""
        await asyncio.Event().wait()

    def clear(self) -> None:
        """Count, in the next turn of the loop."""
        self._note("clear", self._clear)

    def hold(self) -> None:
        """Note it, in the next turn of the loop."""
        self._note("hold", lambda: setattr(self, "held", True))

    def release(self) -> None:
        """Note it, in the next turn of the loop."""
        self._note("release", lambda: setattr(self, "held", False))

    def allow_backlog(self, seconds: float) -> None:
        """Keep what was allowed last."""
        self.backlog = seconds

    def before_clear(self, callback: Callable[[], None]) -> None:
        """Call it then."""
        self._before_clear.append(callback)

    def send(self, message: Message) -> None:
        """Keep ``message``."""
        self.calls.append(f"send:{message.type}")
        self.messages.append(message)

    def send_text(self, text: str) -> None:
        """Keep ``text``."""
        self.calls.append("send_text")
        self.texts.append(text)

    async def aclose(self) -> None:
        """Give way once, as a real wire does, then be closed."""
        self.calls.append("aclose")
        self.closed += 1
        await asyncio.sleep(0)
        if self.close_error is not None:
            raise self.close_error

    def _clear(self) -> None:
        for callback in self._before_clear:
            callback()
        self.cleared += 1

    def _note(self, call: str, action: Callable[[], None]) -> None:
        def act() -> None:
            self.calls.append(call)
            action()

        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(act)

    def sent(self, type_: str) -> list[Message]:
        """Return the messages of one type."""
        return [message for message in self.messages if message.type == type_]
