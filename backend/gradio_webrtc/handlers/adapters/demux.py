"""One iterator that yields audio and video, taken apart for the consumer of each kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emitted import CloseStream
from gradio_webrtc.handlers.protocol import EndOfStream, MediaKind
from gradio_webrtc.media.timed_media import SourceTimes

CAPACITY_BYTES = 64 * 1024 * 1024
"""Of frames that wait: a second of large ones would be a lot, 750 MB for 4K."""

KINDS: tuple[MediaKind, MediaKind] = ("audio", "video")

Next = Callable[[], Awaitable[Emission]]
"""Returns the next value user code yields; raises ``EndOfStream`` after the last."""


class Demux:
    """Feeds two consumers, of audio and of frames, from one source of values.

    The source is stepped when a consumer has nothing and the other kind has room, by whichever
    consumer comes first. What it yields for the other kind waits there, bounded. So a kind that is
    never yielded, or ends early, holds up nothing: its consumer waits, and the source goes on at
    the pace at which the other kind is consumed.

    Additional outputs go with the frames, all of them, so that they keep their order.
    ``CloseStream`` ends the source; it comes out when both kinds have been consumed.

    Frames come out with a time, see :class:`~gradio_webrtc.media.timed_media.SourceTimes`,
    because they wait here for different lengths of time than their audio does.

    Args:
        source: gives the next value, which may have audio, video or both in it.
        capacity: how many items of each kind may wait.
        fps: how many frames without a time are shown a second.
    """

    def __init__(self, source: Next, capacity: int, fps: float = 30) -> None:
        self._source = source
        self._times = SourceTimes(fps)
        self._capacity = capacity
        self._waiting: dict[MediaKind, deque[Emission]] = {kind: deque() for kind in KINDS}
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._news = Wakeup()
        self._stepping = False
        self._ended = False
        self._close: CloseStream | None = None
        self._finished: set[MediaKind] = set()

    async def take(self, kind: MediaKind) -> Emission:
        """Wait for the next value of ``kind``, or for outputs or the close that go with it.

        Raises:
            EndOfStream: nothing more will come for this kind.
            Exception: what the source raised.
        """
        waiting = self._waiting[kind]
        while not waiting:
            if self._ended:
                return self._finish(kind)
            if self._stepping or not self._has_room():
                await self._news.wait()
            else:
                await self._step()
        if kind == "video":
            self._bytes -= self._sizes.popleft()
        self._news.set()
        return waiting.popleft()

    async def _step(self) -> None:
        self._stepping = True  # for good if the source fails: nobody steps it again
        try:
            value = await self._source()
        except EndOfStream:
            self._ended = True
        else:
            self._put(value)
        self._stepping = False
        self._news.set()

    def _put(self, emission: Emission) -> None:
        # Audio first: a frame that comes with it begins when it does.
        if emission.audio is not None:
            self._times.audio(emission.audio)
            self._waiting["audio"].append(Emission(audio=emission.audio))
        video = None if emission.video is None else self._times.video(emission.video)
        if video is not None or emission.outputs is not None:
            size = 0 if video is None else video.nbytes
            self._bytes += size
            self._sizes.append(size)
            self._waiting["video"].append(Emission(video=video, outputs=emission.outputs))
        if emission.close is not None:
            self._close = emission.close
            self._ended = True

    def _has_room(self) -> bool:
        return self._bytes < CAPACITY_BYTES and all(
            len(items) < self._capacity for items in self._waiting.values()
        )

    def _finish(self, kind: MediaKind) -> Emission:
        self._finished.add(kind)
        if self._close is None or len(self._finished) < len(KINDS):
            raise EndOfStream
        return Emission(close=self._close)
