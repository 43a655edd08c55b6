"""From what a handler emits to frames on the wire's clock: conversion and pacing as one part."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.media.pacing import AudioPlayout, Frame, Wait
from gradio_webrtc.media.pcm import Int16Array, Pcm
from gradio_webrtc.media.resample import StreamResampler


class AudioPlayback:
    """An :class:`AudioPlayout` fed by a :class:`StreamResampler`. Pure; not thread-safe.

    Starts mono and becomes stereo with the first stereo chunk, for good, when the other side can
    play that. At the start of a talk spurt the lag of the resampler goes out as silence, about a
    millisecond: so 20 ms chunks make whole frames, and none waits for the chunk after it.
    """

    def __init__(
        self, sample_rate: int = 48_000, max_channels: int = 2, capacity: float = 0.5
    ) -> None:
        """Play at ``sample_rate``, up to ``capacity`` seconds ahead."""
        self.playout = AudioPlayout(sample_rate, 1, capacity, drain=self._drain)
        self._resampler = StreamResampler(sample_rate, 1)
        self._max_channels = max_channels
        self._at_start = True

    @property
    def room(self) -> float:
        """Seconds that may be played before the buffer is full; 0 when it is."""
        return self.playout.room

    def play(self, pcm: Pcm) -> None:
        """Append a chunk of any format. It is taken whole, whatever ``room`` says."""
        if pcm.channels > self.playout.channels and self._max_channels > 1:
            self.playout.set_channels(pcm.channels)
            self._resampler.set_channels(pcm.channels)
        if self.playout.idle:
            self._restart()
        samples = self._resampler.push(pcm)
        if self._at_start and pcm.samples.shape[1]:
            self._at_start = False
            channels = self.playout.channels
            self.playout.push(np.zeros((channels, self._resampler.lag), np.int16))
        self.playout.push(samples)

    def clear(self) -> float:
        """Fall silent; return the seconds of sound dropped."""
        self._restart()
        return self.playout.clear()

    def next(self, now: float) -> Frame | Wait:
        """Return the frame to send at ``now``, or how long to wait; see :class:`AudioPlayout`."""
        return self.playout.next(now)

    def _restart(self) -> None:
        self._resampler.reset()
        self._at_start = True

    def _drain(self) -> Int16Array:
        return self._resampler.flush()
