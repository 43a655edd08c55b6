"""Encoded media among what user code emits, decoded into frames as they are played."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.adapters.decoding_thread import DecodingThread
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emit_pace import REST_S, EmitPace, give_way
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.media.decoding.byte_feed import ByteFeed
from gradio_webrtc.media.decoding.container import Item, Stretch
from gradio_webrtc.media.decoding.encoded_input import EncodedInput
from gradio_webrtc.media.decoding.file_timeline import FileTimeline
from gradio_webrtc.media.decoding.format_detection import StreamFormat
from gradio_webrtc.media.decoding.media_files import DecodingRun
from gradio_webrtc.media.emitted_media import EmittedAudio, MediaKind, parse_video

Next = Callable[[], Awaitable[Emission]]
"""Returns the next value user code emits."""

IDLE_S = 0.15
"""A demultiplexer of MPEG-TS holds its last frames back until more comes. After this long without
a further chunk it is made to give them; less than what is still queued to be played."""


class EncodedMedia:
    """Passes values on as they come, and frames in the place of those that are encoded.

    For one consumer. Encoded values are decoded on a thread of their own, one chunk of frames each
    time the consumer asks, so never further ahead than it plays. While one is decoded to its end
    the next value is asked for, which may continue it; see ``media/decoding/format_detection.py``
    for when it does.

    Args:
        source: gives the next value.
        kinds: which kinds of media the frames may be.
        name: of the user's code, for the thread.
        timeline: places files one behind the other; audio is what it tells the time by.
        leader: the timeline of the audio that frames of this source go with, if that is another.
    """

    def __init__(
        self,
        source: Next,
        kinds: frozenset[MediaKind],
        name: str,
        leader: FileTimeline | None = None,
    ) -> None:
        self.timeline = FileTimeline()
        self._source = source
        self._kinds = kinds
        self._name = f"{name} (decoding)"
        self._leader = leader
        self._pace = EmitPace()
        self._empty = False
        """Whether the last file or slice has given nothing so far."""
        self._thread = DecodingThread(self._name)
        self._feed: ByteFeed | None = None
        self._items: Iterator[Item] | None = None
        self._format: StreamFormat | None = None
        self._fetching: asyncio.Task[None] | None = None
        self._sides: deque[AdditionalOutputs] = deque()
        self._held: Emission | None = None
        self._failure: BaseException | None = None
        self._broken: Exception | None = None
        self._close: CloseStream | None = None
        self._closed = False

    async def take(self) -> Emission:
        """Wait for the next frame or other value.

        Raises:
            MediaFileError: a file cannot be played, or not to its end.
            Exception: what the source raised.
        """
        while not self._closed:
            if len(self._sides) > (self._items is not None):
                self._empty = False
                return Emission(outputs=self._sides.popleft())  # its chunk gave no frame
            if self._broken is not None:
                raise self._broken
            if self._items is not None:
                frame = await self._decoded()
                if frame is not None:
                    self._empty = False
                    if self._sides:
                        return replace(frame, outputs=self._sides.popleft())
                    return frame
                continue
            if self._close is not None:
                close, self._close = self._close, None
                return Emission(close=close)
            if self._empty:
                self._empty = False
                await give_way(self._pace)
            value = await self._next_value()
            if value.encoded is None:
                return self._counted(value)
            self._begin(value.encoded, value)
            self._empty = True
        raise SessionClosedError("The session has ended.")

    def clear(self) -> None:
        """Drop what was emitted: the file that is being decoded, and what was fetched behind it.

        What is said beside it or ends the stream is kept; what is emitted from now on is played.
        """
        if self._held is not None:
            beside = self._held.without_media()
            self._held = None if beside == Emission() else beside
        if self._feed is None:
            return
        self._feed.close()
        self._drop_run()
        self._sides.clear()
        self._thread.replace()

    async def aclose(self) -> None:
        """Stop decoding and end the threads. Idempotent."""
        self._closed = True
        if self._feed is not None:
            self._feed.close()
            self._drop_run()
        if self._fetching is not None:
            await cancel_and_wait(self._fetching)
        await self._thread.aclose()

    # -- values --------------------------------------------------------------------------------

    async def _next_value(self) -> Emission:
        """Return what was fetched while a file was decoded, or fetch now."""
        if self._fetching is not None:
            fetching = self._fetching
            try:
                if not fetching.done():
                    await asyncio.wait({fetching})
            except asyncio.CancelledError:
                self._fetching = None
                await cancel_and_wait(fetching)
                raise
            self._fetching = None
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if self._held is not None:
            value, self._held = self._held, None
            return value
        return await self._source()

    def _begin(self, part: EncodedInput, value: Emission) -> None:
        """Start to decode what is encoded in ``value``."""
        self._note_beside(value)
        if not part.empty:
            self._start(part)

    def _note_beside(self, value: Emission) -> None:
        """Keep what came beside something encoded for its first frame, or behind its last."""
        if value.close is not None:
            self._close = value.close
        if value.outputs is not None:
            self._sides.append(value.outputs)

    def _counted(self, value: Emission) -> Emission:
        """Note how long raw audio is that frames of a later file follow."""
        if value.audio is not None:
            self.timeline.heard(value.audio.duration)
        return value

    # -- decoding ------------------------------------------------------------------------------

    def _start(self, part: EncodedInput) -> None:
        loop = asyncio.get_running_loop()
        leader = self._leader
        if leader is not None and leader.sound_end:
            # With the file whose audio began, or after the audio so far.
            self.timeline.begin(leader.sound_end if leader.base is None else leader.base)
        else:
            self.timeline.begin()
        feed = ByteFeed(part, lambda: _soon(loop, self._on_hungry, feed))
        self._feed = feed
        self._items = iter(DecodingRun(feed, self._kinds, self._format))

    async def _decoded(self) -> Emission | None:
        """Return the next frame of the file, ``None`` when it is over or was stopped."""
        feed, items = self._feed, self._items
        assert feed is not None
        assert items is not None
        try:
            item = await self._thread.next(items)
        except Exception as error:  # noqa: BLE001 - take() raises it after what is beside
            if self._feed is feed:
                self._broken = error
                self._feed = self._items = None
            return None
        if self._feed is not feed:
            return None  # cleared meanwhile
        self._format = feed.playing
        if item is None:
            self._finish(feed)
            return None
        return self._frame_of(item)

    def _frame_of(self, item: Item) -> Emission:
        time = self.timeline.place(item)
        if not isinstance(item, Stretch):
            return Emission(video=parse_video(item.frame, time=time))
        timed = None if self._kinds == {"audio"} else time
        return Emission(audio=EmittedAudio(item.sound.rate, item.sound.samples, timed))

    def _finish(self, feed: ByteFeed) -> None:
        self._feed = self._items = None
        self.timeline.end()
        if feed.next is not None:
            self._start(feed.next)

    def _drop_run(self) -> None:
        """Let go of the file; its generator is closed where it runs."""
        items, self._items, self._feed = self._items, None, None
        self._thread.drop(items)
        self.timeline.end()
        self._empty = False

    def _on_hungry(self, feed: ByteFeed) -> None:
        """The decoder needs what comes after the bytes it has."""
        if self._feed is not feed or self._closed:
            return
        if self._fetching is not None or self._close is not None:
            feed.give(None)
            return
        self._fetching = asyncio.ensure_future(self._fetch(feed))
        self._fetching.add_done_callback(functools.partial(self._fetched, feed))
        if feed.playing == "mpegts":
            asyncio.get_running_loop().call_later(IDLE_S, self._end_if_idle, feed)

    def _end_if_idle(self, feed: ByteFeed) -> None:
        if self._feed is feed and self._fetching is not None:
            feed.give(None)

    async def _fetch(self, feed: ByteFeed) -> None:
        """Get the next value for the decoder, or keep it for when the file is over."""
        while True:
            try:
                value = await self._source()
            except Exception as error:  # noqa: BLE001 - take() raises it behind the file
                self._failure = error
                feed.give(None)
                return
            if self._feed is not feed or feed.ended:
                self._held = value
                return
            part = value.encoded
            if part is None:
                self._held = value
                feed.give(None)
                return
            self._note_beside(value)
            if part.empty:
                await give_way(self._pace)
                continue
            self._pace.earned(REST_S)
            self._fetching = None
            feed.give(part)
            return

    def _fetched(self, feed: ByteFeed, fetching: asyncio.Task[None]) -> None:
        """Let nobody wait for a value if user code has cancelled the task that it came from."""
        if fetching.cancelled() and fetching is self._fetching and not self._closed:
            self._failure = failure_of(fetching, self._name)
            feed.give(None)


def _soon(
    loop: asyncio.AbstractEventLoop, action: Callable[[ByteFeed], None], feed: ByteFeed
) -> None:
    # RuntimeError: the loop was closed, and with it whatever the feed was for.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(action, feed)
