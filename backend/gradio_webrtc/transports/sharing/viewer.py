"""One viewer of a shared source: what it takes, and what waits to be sent to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, Literal, TypeAlias, TypeVar

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.media.sharing.key_frame_group import PackedFrame
from gradio_webrtc.media.sharing.quality import Quality
from gradio_webrtc.media.sharing.reception import Reception
from gradio_webrtc.transports.media_preferences import VideoCodec

VIDEO_WAITING = 30
"""Frames that may wait for one viewer, a second of them; then it goes on with a key frame."""

AUDIO_WAITING = 25
"""Pieces of 20 ms that may wait for one viewer; then the oldest go."""

AudioForm: TypeAlias = Literal["opus", "samples"]

T = TypeVar("T")


class Lane(Generic[T]):
    """What waits to be sent to one viewer, of one kind of media. Never makes the source wait.

    Attributes:
        left_out: how many were left out.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self._waiting: deque[T] = deque()
        self._news = Wakeup()
        self._taken = Wakeup()
        self._ended = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, item: T) -> None:
        """Add one."""
        self._waiting.append(item)
        self._news.set()

    def drop(self, count: int) -> None:
        """Leave out the oldest ``count``."""
        for _ in range(count):
            self._waiting.popleft()
        self.left_out += count

    async def next(self) -> T | None:
        """Wait for the next one and take it; ``None`` when no more will come."""
        while not self._waiting:
            if self._ended:
                return None
            await self._news.wait()
        item = self._waiting.popleft()
        self._taken.set()
        return item

    async def drain(self) -> None:
        """Wait until nothing waits any more."""
        while self._waiting and not self._ended:
            await self._taken.wait()

    def end(self) -> None:
        """Let everybody go who waits. Idempotent."""
        self._ended = True
        self._news.set()
        self._taken.set()


class Viewer:
    """What a source sends to one viewer. All of it on the event loop.

    It joins when its connection has negotiated, so that the source knows what it takes.

    Args:
        ask_key_frame: is called when this viewer cannot go on without a key frame.

    Attributes:
        codec: of its video, ``None`` while it takes none.
        audio_form: what it takes of the audio, ``None`` while it takes none.
        reception: what it says of its network.
        quality: of the video that it is sent.
        wanted: the quality that it gets from the next key frame of that on.
        loses_audio: whether it loses so much audio that copies would help it.
        joined: the loop's time at which it was brought up to date first.
        packed: whether its wire takes packed frames; others get samples, and no video.
        video, audio: what waits to be sent.
    """

    def __init__(self, ask_key_frame: Callable[[Viewer], None] = lambda _: None) -> None:
        self.ask_key_frame = ask_key_frame
        self.codec: VideoCodec | None = None
        self.audio_form: AudioForm | None = None
        self.reception = Reception()
        self.quality: Quality = "full"
        self.wanted: Quality = "full"
        self.loses_audio = False
        self.joined = 0.0
        self.packed = False
        self.video: Lane[PackedFrame] = Lane()
        self.audio: Lane[PackedFrame | Frame] = Lane()
        self._lost = True  # until it has been sent a key frame

    def show(self, frame: PackedFrame) -> None:
        """Send a frame of video, unless it is of no use to this viewer."""
        if len(self.video) >= VIDEO_WAITING:
            self.video.drop(len(self.video))
            self._lost = True
            if not frame.key:
                self.ask_key_frame(self)
        if frame.key:
            self._lost = False
        if self._lost:
            self.video.left_out += 1
        else:
            self.video.put(frame)

    def play(self, piece: PackedFrame | Frame) -> None:
        """Send 20 ms of audio."""
        if len(self.audio) >= AUDIO_WAITING:
            self.audio.drop(1)
        self.audio.put(piece)

    async def sent(self) -> None:
        """Wait until nothing waits any more."""
        for lane in (self.video, self.audio):
            await lane.drain()

    def end(self) -> None:
        """Let everybody go who waits. Idempotent."""
        self.video.end()
        self.audio.end()
