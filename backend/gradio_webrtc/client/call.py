"""A call: one connection to a stream, as a program uses it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

from gradio_webrtc.client.errors import CallEndedError
from gradio_webrtc.client.feed import Feed
from gradio_webrtc.client.links import Link
from gradio_webrtc.client.received import (
    Ending,
    Received,
    ReceivedAudio,
    ReceivedFrame,
    ReceivedMessage,
    ReceivedOutput,
)
from gradio_webrtc.client.sending.audio_line import AudioLine, Said
from gradio_webrtc.client.sending.sources import AudioToSend, VideoToSend, audio_pieces
from gradio_webrtc.client.sending.tracks import VideoTrack
from gradio_webrtc.client.signaling import Signaling
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.json_values import Json

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class CallTimes:
    """When a call came about, on the event loop's clock, in seconds.

    Attributes:
        asked: the server was asked.
        answered: it answered.
        connected: media could flow.
    """

    asked: float
    answered: float
    connected: float


class Call:
    """One connection, from :func:`~gradio_webrtc.client.connect`. Belongs to one event loop.

    Attributes:
        webrtc_id: the id by which the app knows it.
        times: when it came about.
        audio: what came to hear, in pieces of about 20 ms; a minute of it is kept.
        video: what came to see; the newest ten frames are kept.
        messages: what the server and the handler said beside the media.
        outputs: additional outputs, where the app passes them on.
    """

    def __init__(
        self,
        webrtc_id: str,
        link: Link,
        signaling: Signaling,
        received: Received,
        times: CallTimes,
        line: AudioLine | None,
        video: VideoTrack | None,
    ) -> None:
        self.webrtc_id = webrtc_id
        self.times = times
        self.audio: Feed[ReceivedAudio] = received.audio
        self.video: Feed[ReceivedFrame] = received.video
        self.messages: Feed[ReceivedMessage] = received.messages
        self.outputs: Feed[ReceivedOutput] = received.outputs
        self._link = link
        self._signaling = signaling
        self._received = received
        self._line = line
        self._video_track = video
        self._loop = asyncio.get_running_loop()
        self._talking = asyncio.Lock()
        self._tasks: set[asyncio.Task[object]] = set()
        self._beside = self._loop.create_task(signaling.connected(webrtc_id, received))
        self._beside.add_done_callback(self._outputs_ended)

    # -- sending -------------------------------------------------------------------------------

    async def say(self, audio: AudioToSend) -> Said:
        """Send sound in real time, behind what is being said; return when it was sent.

        Args:
            audio: a file or address, ``(sample_rate, array)`` with int16 or float32 in [-1, 1], a
                generator of these, sync or async, or a ``Microphone``.

        Raises:
            CallEndedError: the call is over before.
            ConfigurationError: the call sends no sound, or this is none.
            MediaFileError: a file cannot be read.
        """
        return await self._while_open(self._say(audio))

    def play(self, audio: AudioToSend) -> asyncio.Task[Said]:
        """``say`` in the background: ``hush()`` ends it, awaiting it waits."""
        return self._spawn(self._say(audio))

    def hush(self) -> None:
        """Fall silent: drop what is being said, and all that waits behind it."""
        if self._line is not None:
            self._line.clear()

    async def show(self, video: VideoToSend) -> None:
        """Send pictures, a file's at their times; returns when all were sent.

        Args:
            video: a file or address, a picture ``uint8 (height, width, 3)`` that is sent for good,
                several as ``(n, height, width, 3)``, or a generator of pictures.

        Raises:
            CallEndedError: the call is over before.
            ConfigurationError: the call sends no video, or this is none.
            MediaFileError: a file cannot be read.
        """
        if self._video_track is None:
            raise ConfigurationError('This call sends no video: connect with modality="video".')
        await self._while_open(self._video_track.show(video))

    def play_video(self, video: VideoToSend) -> asyncio.Task[None]:
        """``show`` in the background."""
        return self._spawn(self.show(video))

    def send_message(self, type: str, data: Json = "") -> None:
        """Send a control message, such as ``"ping"``; the server refuses those it does not know.

        Raises:
            CallEndedError: the call is over.
        """
        self.check_open()
        self._link.send_text(json.dumps({"type": type, "data": data}))

    async def set_input(self, *values: Json) -> None:
        """Give the handler the values of its other inputs.

        Raises:
            ConfigurationError: there is no way for it: a mounted stream has none of its own, see
                ``inputs`` of :func:`connect`.
            ClientError: the server does not take them.
        """
        given = list(values)
        await self._signaling.set_input(self.webrtc_id, given)

    # -- receiving -----------------------------------------------------------------------------

    async def message(
        self, type: str, data: Json = None, *, within_s: float = 30.0, after: int = 0
    ) -> ReceivedMessage:
        """Wait for a message of the server's, such as ``("log", "response_starting")``.

        Args:
            type: of the message.
            data: what it has to say; ``None`` for anything.
            within_s: how long to wait.
            after: how many messages from the call's first on are passed over; ``0`` finds one
                that came before.

        Raises:
            NothingCameError: it did not come; the text says what did.
            CallEndedError: the call ended before.
        """

        def wanted(message: ReceivedMessage) -> bool:
            return message.type == type and data in (None, message.data)

        return await self.messages.first(wanted, within_s=within_s, after=after)

    # -- ending --------------------------------------------------------------------------------

    @property
    def ending(self) -> Ending | None:
        """How the call ended; ``None`` while it goes on."""
        over = self._received.over
        return over.result() if over.done() else None

    async def ended(self) -> Ending:
        """Wait until the call is over."""
        return await asyncio.shield(self._received.over)

    def check_open(self) -> None:
        """Raise ``CallEndedError`` if the call is over."""
        if (ending := self.ending) is not None:
            raise CallEndedError(
                f"The call is over ({ending.reason}). {ending.text}".strip(), ending.reason
            )

    async def hang_up(self) -> None:
        """End the call and let everything go. Idempotent."""
        for task in list(self._tasks):
            await cancel_and_wait(task)
        already = self._received.over.done()
        await self._link.aclose()
        self._received.end(Ending("client_closed"))
        if not already:
            with contextlib.suppress(Exception):
                await self._signaling.leave(self.webrtc_id)
        await cancel_and_wait(self._beside)

    async def __aenter__(self) -> Call:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hang_up()

    # -- inside --------------------------------------------------------------------------------

    async def _say(self, audio: AudioToSend) -> Said:
        if self._line is None:
            raise ConfigurationError("This call sends no sound: its mode or modality has none.")
        source = self._line.source()
        async with self._talking, aclosing(audio_pieces(audio)) as pieces:
            source.begin()
            async for pcm in pieces:
                await source.put(pcm)
                if source.cut_off:
                    break
            return await source.finish()

    async def _while_open(self, work: Coroutine[object, object, T]) -> T:
        task = self._spawn(work)
        first: set[asyncio.Future[Any]] = {task, self._received.over}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await cancel_and_wait(task)
            self.check_open()
        return task.result()

    def _spawn(self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _outputs_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning("additional outputs do not come any more: %s", error)
        self.outputs.end("no more outputs come")
