"""A video function or generator as a session drives it."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.adapters.decoding import DecodingHandler
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emission_parser import EmissionParser
from gradio_webrtc.handlers.emit_pace import EmitPace, give_way
from gradio_webrtc.handlers.invoke import CLOSE_S, Steps, call, iterate
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    Link,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
)
from gradio_webrtc.handlers.video import VideoStreamHandler
from gradio_webrtc.media.video.frames import FrameFormat


class VideoFunction(DecodingHandler):
    """Frames in, a user's function or generator called for the newest one, frames out.

    A ``protocol.Handler``. A function's result is emitted; of a generator, called anew for each
    frame, every value. None means nothing this time.

    Args:
        handler: the function and how it wants to be called.
        frame_format: what it gets and returns if ``handler`` does not say.
        needs_args: whether it takes the values of other inputs too; it is then not called before
            they have arrived, and they are asked for at the start.
        asks_args: whether they are asked for though it can be called without.
        shown: whether anybody sees what it returns.
    """

    receives: frozenset[MediaKind] = frozenset({"video"})
    emits: frozenset[MediaKind] = frozenset({"video"})
    audio_format = AudioFormat()

    def __init__(
        self,
        handler: VideoStreamHandler,
        frame_format: FrameFormat,
        *,
        needs_args: bool,
        asks_args: bool = False,
        shown: bool = True,
    ) -> None:
        self._given = handler
        self._fn = handler.callable
        self._worker = Worker(getattr(self._fn, "__qualname__", type(self._fn).__qualname__))
        super().__init__(self._worker.name, self.emits)
        self.fps = handler.fps
        self._frame_format: FrameFormat = handler.frame_format or frame_format
        self.video_backlog = 1 if handler.skip_frames else handler.fps
        self._frames: DropOldestQueue[ReceivedVideo] = DropOldestQueue(self.video_backlog)
        self._needs_args = needs_args
        self._asks_args = asks_args or needs_args
        self._args: tuple[Any, ...] = ()
        self._args_came = asyncio.Event()
        self._parser = EmissionParser(
            self._worker.name, ("video",), self._frame_format, shown=shown
        )
        self._steps: Steps | None = None
        self._pace = EmitPace()

    @property
    def dropped(self) -> int:
        """How many frames were replaced by newer ones before the function was ready for them."""
        return self._frames.dropped

    @property
    def user_code(self) -> VideoStreamHandler:
        """The function with how it wants to be called, which all connections share."""
        return self._given

    async def _start(self, link: Link) -> None:
        """Ask for the values of the other inputs if the function takes any."""
        if self._asks_args:
            link.client.request_inputs()

    def set_args(self, args: Sequence[Any]) -> None:
        """Use ``args`` from the next call on."""
        self._args = tuple(args)
        self._args_came.set()

    async def submit(self, args: Sequence[Any]) -> None:
        """Use the values after the submitted text; a function of frames has no use for that."""
        self.set_args(args[1:])

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Ignore what it does not receive."""

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Keep ``frame`` until it is due."""
        if self._closing is None:
            self._frames.put(frame)

    async def _emit(self, kind: MediaKind) -> Emission:
        """Wait for what the function returns or yields next."""
        while self._closing is None:
            steps = self._steps
            value = await (self._call() if steps is None else self._step(steps))
            if value is not None:
                return self._parser.parse(value)
            if steps is not None and steps is self._steps:
                await give_way(self._pace)  # a generator that goes on and has nothing now
            else:
                await asyncio.sleep(0)
        raise SessionClosedError("The session has ended.")

    async def _call(self) -> Any:
        """Call the function for the next frame; a generator is kept, and steps begin."""
        if self._needs_args:
            await self._args_came.wait()
        frame = await anext(self._frames)
        result = await call(
            self._fn,
            *self._args,
            worker=self._worker,
            first=functools.partial(frame.to_array, self._frame_format),
        )
        if isinstance(result, Iterator | AsyncIterator):
            self._steps = iterate(result, self._worker)
            return None
        return result

    async def _step(self, steps: Steps) -> Any:
        try:
            return await steps.__anext__()
        except StopAsyncIteration:
            self._steps = None
            return None
        except Exception:
            self._steps = None  # it has ended with its exception
            raise

    async def _close(self) -> None:
        """Close a generator that is under way and give back the thread."""
        self._frames.close(discard=True)
        steps = self._steps
        if steps is not None:
            steps.close_soon()
        await self._worker.aclose()
        if steps is not None:
            # What closing it raised is logged where it was raised.
            closing = asyncio.gather(steps.aclose(), return_exceptions=True)
            await finished_within(closing, CLOSE_S)
