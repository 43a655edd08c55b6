"""The outgoing audio track: what user code emitted, paced onto the wire in real time.

Opus is encoded here, on the event loop, and given to aiortc as finished packets: about a tenth of a
millisecond a frame, where aiortc's own encoder at full complexity takes a thread hop besides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, Packet

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.media.audio.opus import SAMPLE_RATE, TIME_BASE, OpusEncoder
from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.playout_buffer import PlayoutBuffer
from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.media.lip_sync import SourceClock

GAP_SECONDS = 0.005
"""Sound that says to begin this much later than where the sound before it ended is kept waiting;
less is what a file's rounded times are off by."""

PIECE_SECONDS = 0.1
"""Long chunks are converted in pieces of this length, so that none holds up the event loop."""


MOST_PER_CHANNEL = 256_000
"""Bits per second a channel at which libopus' encoder ends."""


class AudioSender(MediaStreamTrack):
    """Plays chunks of any rate, type and length as one continuous stream of 20 ms packets.

    Args:
        clock: of the source, shared with the pictures that go with this sound.
        bitrate: most bits per second of Opus; ``None`` for our own default.

    Attributes:
        sent: called with each 20 ms as they go out, for recordings.
    """

    kind = "audio"

    def __init__(self, clock: SourceClock | None = None, bitrate: int | None = None) -> None:
        super().__init__()
        self._bitrate = bitrate
        self._event_loop = asyncio.get_running_loop()
        self._clock = clock or SourceClock()
        self._playback = PlayoutBuffer(SAMPLE_RATE, clock=self._clock)
        self._opus = False
        self._encoder: OpusEncoder | None = None
        self._news = Wakeup()
        self._space = Wakeup()
        self._cleared = 0
        self.sent: Callable[[Pcm], None] | None = None

    def use_opus(self) -> None:
        """Opus was negotiated: hand out encoded packets from now on."""
        self._opus = True

    async def play(self, audio: EmittedAudio) -> None:
        """Queue one emitted chunk; waits while enough is queued.

        When ``clear`` is called in the meantime, the rest of the chunk is dropped.

        Raises:
            MediaFormatError: values that are no audio.
        """
        cleared, time, left = self._cleared, audio.time, audio.duration
        if time is not None and time > self._playback.end + GAP_SECONDS:
            await self._wait_for(time, cleared)
        for piece in (p for block in audio.blocks() for p in block.pieces(PIECE_SECONDS)):
            while self._playback.room <= 0 and self.readyState == "live":
                await self._space.wait()
            if cleared != self._cleared:
                self._playback.skip(left)
                return
            self._playback.play(piece, time)
            time, left = None, left - piece.duration
            self._news.set()

    async def _wait_for(self, time: float, cleared: int) -> None:
        """Let what is queued be heard, and silence after it until the source is at ``time``."""
        await self.drain()
        while self.readyState == "live" and cleared == self._cleared:
            now = self._event_loop.time()
            position = self._clock.position(now)
            if position is None or time - position <= GAP_SECONDS:
                return
            await self._space.wait(time - position)

    def clear(self) -> None:
        """Drop what is queued and not played yet."""
        self._cleared += 1
        self._playback.clear()
        self._news.set()
        self._space.set()

    @property
    def played_s(self) -> float:
        """Seconds of what was emitted that went onto the wire so far."""
        return self._playback.played_s

    def hold(self) -> None:
        """Fall silent and keep what is queued; ``play`` waits when that is enough. Idempotent."""
        self._playback.hold()
        self._news.set()

    def release(self) -> None:
        """Go on where ``hold`` stopped. Idempotent."""
        self._playback.release()
        self._news.set()

    async def drain(self) -> None:
        """Wait until everything queued has gone onto the wire."""
        while not self._playback.playout.idle and self.readyState == "live":
            await self._space.wait()

    async def recv(self) -> AudioFrame | Packet[Any]:
        """Return the next frame when it is due; called by aiortc's sender."""
        while self.readyState == "live":
            step = self._playback.next(self._event_loop.time())
            if isinstance(step, Frame):
                self._space.set()
                if self.sent is not None:
                    self.sent(Pcm(SAMPLE_RATE, step.samples))
                return self._encode(step)
            await self._news.wait(step.seconds)
        raise MediaStreamError

    def stop(self) -> None:
        """End the track and everybody who waits on it."""
        super().stop()
        self._news.set()
        self._space.set()

    def _encode(self, frame: Frame) -> AudioFrame | Packet[Any]:
        channels = frame.samples.shape[0]
        if self._opus:
            if self._encoder is None or self._encoder.channels != channels:
                self._encoder = OpusEncoder(channels, self._bitrate_of(channels))
            return self._encoder.encode(frame.samples, frame.pts)
        # Packed samples: one row, channels interleaved.
        packed = frame.samples.T.reshape(1, -1)
        audio = AudioFrame.from_ndarray(packed, "s16", "stereo" if channels == 2 else "mono")
        audio.sample_rate = SAMPLE_RATE
        audio.pts = frame.pts
        audio.time_base = TIME_BASE
        return audio

    def _bitrate_of(self, channels: int) -> int | None:
        # libopus refuses more than this instead of doing its best.
        return None if self._bitrate is None else min(self._bitrate, MOST_PER_CHANNEL * channels)
