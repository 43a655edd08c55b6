"""Calls for programs without coroutines: scripts and notebooks. A thread has the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from gradio_webrtc.client.call import Call
from gradio_webrtc.client.connecting import connect
from gradio_webrtc.client.feed import Feed
from gradio_webrtc.client.received import Ending, ReceivedMessage
from gradio_webrtc.client.sending.audio_line import Said
from gradio_webrtc.client.sending.sources import AudioToSend, VideoToSend
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.json_values import Json
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.resampler import StreamResampler

T = TypeVar("T")

CLOSE_SECONDS = 10.0
"""How long the thread may take to end."""


class SyncCall:
    """``with connect_sync(url) as call:``; the methods of ``Call``, waiting.

    Attributes:
        call: the call itself, which belongs to the event loop of the thread.
    """

    def __init__(self, url: str, **options: Any) -> None:
        self._url = url
        self._options = options
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gradio_webrtc call", daemon=True)
        self._stack = AsyncExitStack()
        self.call: Call

    def __enter__(self) -> SyncCall:
        """Connect.

        Raises:
            ClientError: as :func:`connect` does.
        """
        self._thread.start()
        try:
            opening = self._stack.enter_async_context(connect(self._url, **self._options))
            self.call = self._wait(opening)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._wait(self._stack.aclose())
        finally:
            self._stop()

    def say(self, audio: AudioToSend) -> Said:
        """Send sound, and return when it was sent; see :meth:`Call.say`."""
        return self._wait(self.call.say(audio))

    def show(self, video: VideoToSend) -> None:
        """Send pictures, and return when they were sent; see :meth:`Call.show`."""
        self._wait(self.call.show(video))

    def set_input(self, *values: Json) -> None:
        """Give the handler the values of its other inputs."""
        self._wait(self.call.set_input(*values))

    def message(self, type: str, data: Json = None, *, within_s: float = 30.0) -> ReceivedMessage:
        """Wait for a message; see :meth:`Call.message`."""
        return self._wait(self.call.message(type, data, within_s=within_s))

    def listen(self, seconds: float) -> tuple[int, Int16Array]:
        """Listen for so long; return ``(sample_rate, int16 (n,))``, shorter if the call ends."""
        return self._wait(self._listened(seconds))

    def heard(self) -> tuple[int, Int16Array]:
        """Return all sound that is kept, ``(sample_rate, int16 (n,))``."""
        return self._wait(self._joined(self.call.audio.kept))

    def outputs(self) -> Iterator[Any]:
        """Go through the values of the additional outputs as they come, until there are no more."""
        for output in self._each(self.call.outputs):
            yield output.value

    def frames(self) -> Iterator[Any]:
        """Go through the frames as they come, as ``uint8 (height, width, 3)``."""
        for frame in self._each(self.call.video):
            yield frame.to_array()

    def ended(self, within_s: float = 0.0) -> Ending | None:
        """Wait so long for the call's end; return how it ended, ``None`` while it goes on."""
        self._wait(finished_within(self.call.ended(), within_s))
        return self.call.ending

    # -- inside --------------------------------------------------------------------------------

    def _each(self, feed: Feed[T]) -> Iterator[T]:
        items = aiter(feed)
        end = object()

        async def following() -> Any:
            return await anext(items, end)

        while (item := self._wait(following())) is not end:
            yield item

    async def _listened(self, seconds: float) -> tuple[int, Int16Array]:
        feed = self.call.audio
        before = feed.count
        await finished_within(self.call.ended(), seconds)
        new = min(feed.count - before, len(feed.kept))
        return await self._joined(feed.kept[len(feed.kept) - new :])

    async def _joined(self, pieces: tuple[Any, ...]) -> tuple[int, Int16Array]:
        resampler = StreamResampler(pieces[0].sample_rate if pieces else 48_000, 1)
        parts = [resampler.push(Pcm(each.sample_rate, each.samples))[0] for each in pieces]
        return resampler.sample_rate, np.concatenate([np.zeros(0, np.int16), *parts])

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_SECONDS)


def connect_sync(url: str, **options: Any) -> SyncCall:
    """``with connect_sync(url) as call:`` connect to a stream, and hang up at the end.

    Args:
        url: of the stream or the app.
        **options: those of :func:`connect`.
    """
    return SyncCall(url, **options)
