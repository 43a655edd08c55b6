"""The loops that carry media between transport and handler."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue
from gradio_webrtc.concurrency.giving_way import noticing_wait
from gradio_webrtc.concurrency.served_time import wait
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emit_pace import LEAST_PLAYED_S, REST_S, EmitPace, give_way
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.handlers.protocol import EndOfStream, Handler, MediaKind, ReceivedVideo
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.receiving.input_bursts import InputBursts
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.session.transport import Transport

logger = logging.getLogger(__name__)

PIECE_SECONDS = 0.02
AUDIO_BACKLOG = 500
"""Pieces of 20 ms at most that may wait for a slow ``receive``: ten seconds; then the oldest go.
Messages of a socket may be longer, and are cut."""
PIECES_AT_ONCE, TURN_SECONDS = 8, 0.002
"""So many pieces that wait are handed over in one turn of the event loop, for so long. One in each
would be too slow to catch up where turns are long."""


class AudioPump:
    """Carries audio from the wire to the handler, in order, at the rate and layout it asked for.

    Args:
        handler: what takes it.
        overhear: is told as well, with the rate in Hz and ``int16`` ``(channels, samples)``.
        burst: is told how many seconds the handler got at once.

    Attributes:
        queue: packets that wait for the handler. Closing it ends the input; ``dropped`` of it were
            lost because the handler was too slow.
    """

    def __init__(
        self,
        handler: Handler,
        overhear: Callable[[int, Int16Array], None] | None = None,
        burst: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self._bursts = InputBursts(burst)
        self._handler = handler
        self._overhear = overhear
        self.queue: DropOldestQueue[Pcm] = DropOldestQueue(AUDIO_BACKLOG)
        self._wanted = "audio" in handler.receives

    def put(self, pcm: Pcm) -> None:
        """Queue audio that arrived."""
        if not self._wanted:
            return
        if pcm.duration <= PIECE_SECONDS:  # as all that comes in packets
            self.queue.put(pcm)
            return
        for piece in pcm.pieces(PIECE_SECONDS):
            self.queue.put(piece)

    async def run(self) -> None:
        """Feed the handler until the input ends. Call it once the handler has started."""
        wanted = self._handler.audio_format
        resampler = StreamResampler(wanted.sample_rate, 2 if wanted.layout == "stereo" else 1)
        loop = asyncio.get_running_loop()
        async for piece in self.queue:
            now = loop.time()
            turn_over = now + TURN_SECONDS
            for left in reversed(range(PIECES_AT_ONCE)):
                self._bursts.came(piece.duration, now)
                await self._hand_over(resampler.push(piece), wanted.sample_rate)
                now = loop.time()
                following = self.queue.get_nowait() if left and now < turn_over else None
                if following is None:
                    break
                piece = following

    async def _hand_over(self, samples: Int16Array, rate: int) -> None:
        if samples.shape[1]:
            if self._overhear is not None:
                self._overhear(rate, samples)
            await self._handler.receive_audio((rate, samples))


class VideoPump:
    """Carries frames from the wire to the handler: the newest one, unless it wants them all.

    Attributes:
        queue: the frames that wait for the handler, which may come faster than they are taken.
            Closing it ends the input; ``dropped`` of it were replaced by a newer one before the
            handler took them.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.queue: DropOldestQueue[ReceivedVideo] = DropOldestQueue(handler.video_backlog)
        self._wanted = "video" in handler.receives

    def put(self, frame: ReceivedVideo) -> None:
        """Offer a frame that arrived."""
        if self._wanted:
            self.queue.put(frame)

    async def run(self) -> None:
        """Feed the handler until the input ends."""
        async for frame in self.queue:
            await self._handler.receive_video(frame)


async def pump_output(
    handler: Handler,
    kind: MediaKind,
    transport: Transport,
    put_outputs: Callable[[AdditionalOutputs], None],
    closing: Callable[[], bool] = lambda: False,
) -> CloseStream | None:
    """Carry what the handler emits to the wire until it ends; return the ``CloseStream`` if any.

    It gives way after every value that was not waited for, and rests where a handler never waits,
    see ``EmitPace``. When ``closing()`` is true it ends after the value that is under way.
    """
    pace = EmitPace()
    pace.resumed(asyncio.get_running_loop().time())
    waited = False

    def note_wait() -> None:
        nonlocal waited
        waited = True

    while not closing():
        waited = False
        try:
            emission = await noticing_wait(handler.emit(kind), note_wait)
        except EndOfStream:
            return None
        if emission.outputs is not None:
            # First, since playing takes as long as a long chunk of audio or the time of a frame.
            put_outputs(emission.outputs)
        if emission.audio is not None:
            await transport.play_audio(emission.audio)
        if emission.video is not None:
            await transport.play_video(emission.video)
        if emission.close is not None:
            return emission.close
        # Behind the value: between the handler and the wire it must not wait, see ``ReplyQueue``.
        said = emission.outputs is not None
        await give_way(pace, played_seconds(emission), said=said, waited=waited)
    return None


async def drain(webrtc_id: str, transport: Transport, limit: float) -> None:
    """Wait until what is queued has been played, at most ``limit`` s; then it is logged."""
    draining = asyncio.get_running_loop().create_task(transport.drain())
    try:
        if await wait([draining], limit):
            draining.result()
        else:
            logger.warning("session %s: queued media was not played in time", webrtc_id)
    finally:
        draining.cancel()


def played_seconds(emission: Emission) -> float:
    """Return how long it plays as far as ``EmitPace`` is concerned; 0 without media."""
    if emission.audio is not None:
        return emission.audio.duration
    if emission.video is None:
        return 0.0
    # A timed one that is late is passed over, to make up for the time.
    return REST_S if emission.video.time is None else LEAST_PLAYED_S
