"""The outgoing audio track: what user code emitted, paced onto the wire in real time.

Opus is encoded here, on the event loop, and given to aiortc as finished packets: about a tenth of a
millisecond a frame, where aiortc's own encoder at full complexity takes a thread hop besides.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, Packet

from gradio_webrtc.media.framing import SAMPLE_RATE, TIME_BASE
from gradio_webrtc.media.opus import OpusEncoder
from gradio_webrtc.media.pacing import AudioPlayout, Frame, Wait
from gradio_webrtc.media.pcm import parse_chunk, slices
from gradio_webrtc.media.resample import StreamResampler
from gradio_webrtc.transports.wakeup import Wakeup

PIECE_SECONDS = 0.1
"""Long chunks are resampled in pieces of this length, so that none holds up the event loop."""

FLUSH_AFTER = 0.04
"""Seconds without new audio after which the resampler's tail is played out."""


class AudioOut(MediaStreamTrack):
    """Plays chunks of any rate, type and length as one continuous stream of 20 ms packets."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._playout = AudioPlayout()
        self._resampler = StreamResampler(SAMPLE_RATE, 1)
        self._channels = 1
        self._encoder: OpusEncoder | None = None
        self._news = Wakeup()
        self._space = Wakeup()
        self._tail = False

    def use_opus(self) -> None:
        """Opus was negotiated: hand out encoded packets from now on."""
        self._encoder = OpusEncoder(channels=self._channels)

    async def play(self, chunk: Any) -> None:
        """Queue one emitted chunk; waits while enough is queued.

        Raises:
            MediaFormatError: ``chunk`` is not audio.
        """
        pcm = parse_chunk(chunk)
        if pcm.samples.shape[0] > self._channels:
            self._become_stereo()
        for piece in slices(pcm, PIECE_SECONDS):
            while self._playout.room <= 0 and self.readyState == "live":
                await self._space.wait()
            self._playout.push(self._resampler.push(piece))
            self._tail = True
            self._news.set()

    def clear(self) -> None:
        """Drop what is queued and not played yet."""
        self._resampler.reset()
        self._playout.clear()
        self._tail = False
        self._space.set()

    async def drain(self) -> None:
        """Wait until everything queued has gone onto the wire."""
        while (self._playout.buffered > 0 or self._tail) and self.readyState == "live":
            await self._space.wait()

    async def recv(self) -> AudioFrame | Packet:
        """Return the next frame when it is due; called by aiortc's sender."""
        while self.readyState == "live":
            step = self._playout.next(self._loop.time())
            if isinstance(step, Frame):
                self._space.set()
                return self._encode(step)
            if isinstance(step, Wait):
                await self._news.wait(step.seconds)
            else:
                await self._wait_for_audio()
        raise MediaStreamError

    def stop(self) -> None:
        """End the track and everybody who waits on it."""
        super().stop()
        self._news.set()
        self._space.set()

    async def _wait_for_audio(self) -> None:
        if not self._tail:
            await self._news.wait()
            return
        before = self._playout.pushed
        await self._news.wait(FLUSH_AFTER)
        if self._playout.pushed == before and self._tail:
            self._tail = False
            self._playout.push(self._resampler.flush())
            self._space.set()

    def _become_stereo(self) -> None:
        self._channels = 2
        self._playout.push(self._resampler.flush())
        self._resampler = StreamResampler(SAMPLE_RATE, 2)
        self._playout.set_channels(2)
        if self._encoder is not None:
            self._encoder = OpusEncoder(channels=2)

    def _encode(self, frame: Frame) -> AudioFrame | Packet:
        if self._encoder is not None:
            return self._encoder.encode(frame.samples, frame.pts)
        layout = "stereo" if self._channels == 2 else "mono"
        # Packed samples: one row, channels interleaved.
        packed = frame.samples.T.reshape(1, -1)
        audio = AudioFrame.from_ndarray(packed, format="s16", layout=layout)
        audio.sample_rate = SAMPLE_RATE
        audio.pts = frame.pts
        audio.time_base = TIME_BASE
        return audio
