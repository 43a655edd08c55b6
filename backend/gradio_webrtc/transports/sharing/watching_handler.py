"""What serves a viewer in place of user code, which runs once, for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.handlers.adapters.as_handler import UserCode
from gradio_webrtc.handlers.args import DEFAULTS_AFTER_S
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    EndOfStream,
    Link,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
)
from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.transports.sharing.viewer import Viewer

SAMPLE_RATE = 48_000

Join: TypeAlias = Callable[[Sequence[Any] | None], Callable[[], None]]
"""Joins the source of these values, ``None`` without any, and returns what leaves it."""


@dataclass(frozen=True)
class Shared:
    """What all viewers watch.

    Attributes:
        code: the author's generator, function or handler.
        kinds: the kinds of media it emits.
        needs_args: whether it cannot be called without the values of other inputs.
        asks_args: whether the client is asked for them all the same.
    """

    code: UserCode
    kinds: tuple[MediaKind, ...]
    needs_args: bool = False
    asks_args: bool = False


def _nowhere(args: Sequence[Any] | None) -> Callable[[], None]:
    raise AssertionError("a viewer was not told what to join")


class WatchingHandler:
    """Joins a source when its session has connected. Implements ``handlers.protocol.Handler``.

    Where the wire takes packed frames nothing is emitted here: they go from the source to the
    connection's tracks. To other wires the source's audio is emitted, as samples.

    Args:
        shared: what is watched.

    Attributes:
        viewer: what waits to be sent.
        join: joins the source; set by whoever made the session.
    """

    receives: frozenset[MediaKind] = frozenset()
    audio_format = AudioFormat()
    fps = 30
    video_backlog = 1

    def __init__(self, shared: Shared) -> None:
        self.viewer = Viewer()
        self.join: Join = _nowhere
        self._shared = shared
        self._args: tuple[Any, ...] | None = None
        self._args_came = asyncio.Event()
        self._leave: Callable[[], None] = lambda: None

    @property
    def emits(self) -> frozenset[MediaKind]:
        """Audio, for a wire that takes samples; known when it has started."""
        return frozenset() if self.viewer.packed else frozenset({"audio"})

    @property
    def dropped(self) -> int:
        """How many frames were left out because this viewer was behind."""
        return self.viewer.video.left_out

    @property
    def user_code(self) -> UserCode:
        """What runs for all viewers."""
        return self._shared.code

    async def start(self, link: Link) -> None:
        """Wait for the values of the inputs, if there are any, and join their source.

        Raises:
            ConfigurationError: the values cannot be compared with those of other viewers.
        """
        if not self.viewer.packed:
            self.viewer.audio_form = "samples"
        shared = self._shared
        if (shared.needs_args or shared.asks_args) and not self._args_came.is_set():
            link.client.request_inputs()
            waiting = self._args_came.wait()
            await (waiting if shared.needs_args else finished_within(waiting, DEFAULTS_AFTER_S))
        self._leave = self.join(self._args)

    def set_args(self, args: Sequence[Any]) -> None:
        """Take the values; those that are here when the source is joined count."""
        self._args = tuple(args)
        self._args_came.set()

    async def submit(self, args: Sequence[Any]) -> None:
        """Use the values after what was submitted, if no source has been joined."""
        self.set_args(args[1:])

    async def press(self, digit: str) -> None:
        """Ignore it: no viewer controls what all see."""

    def talk(self, pressed: bool) -> None:
        """Ignore it."""

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Ignore what arrives: the client is not meant to send anything."""

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Ignore what arrives: the client is not meant to send anything."""

    async def emit(self, kind: MediaKind) -> Emission:
        """Wait for the source's next 20 ms.

        Raises:
            EndOfStream: this viewer has left.
        """
        piece = await self.viewer.audio.next()
        if piece is None:
            raise EndOfStream
        assert isinstance(piece, Frame)  # as its form says
        return Emission(audio=EmittedAudio(SAMPLE_RATE, piece.samples))

    async def aclose(self) -> None:
        """Leave the source. Idempotent."""
        self._leave()
        self.viewer.end()
