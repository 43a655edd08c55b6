"""A generator or function that makes audio or video by itself, as a session drives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any

from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.adapters.decoding import DecodingHandler
from gradio_webrtc.handlers.adapters.demux import Demux
from gradio_webrtc.handlers.adapters.encoded_media import EncodedMedia
from gradio_webrtc.handlers.args import DEFAULTS_AFTER_S
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emission_parser import EmissionParser
from gradio_webrtc.handlers.emit_pace import REST_S
from gradio_webrtc.handlers.invoke import CLOSE_S, Steps, call, iterate
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    EndOfStream,
    Link,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
)
from gradio_webrtc.media.video.frames import FrameFormat


class GeneratorHandler(DecodingHandler):
    """Calls a generator or function once, with the values of the inputs, and emits what it gives.

    A ``protocol.Handler`` that receives nothing. Of a function the result is emitted, of a
    generator every value; then comes ``EndOfStream``. With two kinds of media one iterator feeds
    both, see :class:`~gradio_webrtc.handlers.adapters.demux.Demux`; a file that it yields has been
    taken apart into both kinds before that.

    Args:
        fn: sync or async; its arguments are the values of the inputs.
        emits: the kinds of media it yields.
        fps: frames per second it is expected to yield, 1 to 60.
        frame_format: the channel order of the arrays it yields.
        needs_args: whether it takes values. It is then not called before they have arrived, and
            they are asked for unless they came before the start. Once it is called, later values
            change nothing.
        asks_args: whether they are asked for though it can be called without; it is then called
            without when they do not come within ``DEFAULTS_AFTER_S``.
    """

    receives: frozenset[MediaKind] = frozenset()
    audio_format = AudioFormat()
    dropped = 0

    def __init__(
        self,
        fn: Callable[..., Any],
        *,
        emits: Iterable[MediaKind],
        fps: int = 30,
        frame_format: FrameFormat = "rgb24",
        needs_args: bool,
        asks_args: bool = False,
    ) -> None:
        self.emits: frozenset[MediaKind] = frozenset(emits)
        self._worker = Worker(getattr(fn, "__qualname__", type(fn).__qualname__))
        super().__init__(self._worker.name, self.emits)
        self.fps = fps
        self._fn = fn
        self._args: tuple[Any, ...] = ()
        self._args_came = asyncio.Event()
        self._may_go_without = asks_args and not needs_args
        if not (needs_args or asks_args):
            self._args_came.set()
        self._steps: Steps | None = None
        self._ended = False
        self._parser = EmissionParser(self._worker.name, self.emits, frame_format)
        self._media = EncodedMedia(self._next, self.emits, self._worker.name)
        self._demux = Demux(self._media.take, fps, fps) if len(self.emits) > 1 else None

    @property
    def user_code(self) -> Callable[..., Any]:
        """The function, which all connections share."""
        return self._fn

    async def _start(self, link: Link) -> None:
        """Ask for the values of the inputs unless they are known."""
        if not self._args_came.is_set():
            link.client.request_inputs()

    def set_args(self, args: Sequence[Any]) -> None:
        """Take the values to call with; those that are here when it is called count."""
        self._args = tuple(args)
        self._args_came.set()

    async def submit(self, args: Sequence[Any]) -> None:
        """Use the values after the submitted text, if it has not been called yet."""
        self.set_args(args[1:])

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Ignore what arrives: the client is not meant to send anything."""

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Ignore what arrives: the client is not meant to send anything."""

    async def _emit(self, kind: MediaKind) -> Emission:
        """Wait for what the generator yields next.

        Raises:
            EndOfStream: it has ended.
            MediaFormatError: it yielded what is no media of these kinds.
        """
        return await (self._next() if self._demux is None else self._demux.take(kind))

    async def _next(self) -> Emission:
        while not self._ended:
            value = await (self._call() if self._steps is None else self._step(self._steps))
            if value is not None:
                return self._parser.parse(value)
        raise EndOfStream

    async def _call(self) -> Any:
        """Call the function; a generator is kept, and steps begin."""
        if self._may_go_without:
            await finished_within(self._args_came.wait(), DEFAULTS_AFTER_S)
        else:
            await self._args_came.wait()
        self._check_open()
        result = await call(self._fn, *self._args, worker=self._worker)
        self._check_open()
        if isinstance(result, Iterator | AsyncIterator):
            self._steps = iterate(result, self._worker)
            return None
        self._ended = True
        return result

    async def _step(self, steps: Steps) -> Any:
        try:
            value = await steps.__anext__()
        except StopAsyncIteration:
            self._check_open()
            self._ended = True
            return None
        if value is None:
            await asyncio.sleep(REST_S)
        return value

    def _check_open(self) -> None:
        if self._closing is not None:
            raise SessionClosedError("The session has ended.")

    async def _close(self) -> None:
        """Close the generator and give back the thread."""
        await self._media.aclose()
        if self._steps is None:
            await self._worker.aclose()
            return
        # A sync generator is closed by its worker, which frees it from code that does not return.
        closing = asyncio.ensure_future(self._steps.aclose())
        await asyncio.sleep(0)
        await self._worker.aclose()
        done, _ = await asyncio.wait({closing}, timeout=CLOSE_S)
        if not done:
            closing.cancel()
        # What closing it raised is logged where it was raised.
        await asyncio.gather(closing, return_exceptions=True)
