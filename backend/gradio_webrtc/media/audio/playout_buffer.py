"""From what a handler emits to frames on the wire's clock: conversion and pacing as one part."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.media.audio.pacer import EARLY_SECONDS, AudioPacer, Frame, Wait
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.media.lip_sync import AudioTimes, SourceClock


class PlayoutBuffer:
    """An :class:`AudioPacer` fed by a :class:`StreamResampler`. Pure; not thread-safe.

    Starts mono and becomes stereo with the first stereo chunk, for good, when the other side can
    play that. At the start of a talk spurt the lag of the resampler goes out as silence, about a
    millisecond: so 20 ms chunks make whole frames, and none waits for the chunk after it.

    Attributes:
        pacer: says how much ``room`` there is.
        times: where on the source's timeline the audio is. What the source had and is not played
            it has to be told by ``skip``.
        clock: the source's, driven by what is played.
    """

    def __init__(
        self,
        sample_rate: int = 48_000,
        max_channels: int = 2,
        capacity: float = 0.5,
        clock: SourceClock | None = None,
    ) -> None:
        """Play at ``sample_rate``, up to ``capacity`` seconds ahead; ``clock`` is driven by it."""
        self.clock = clock or SourceClock()
        self.times = AudioTimes(sample_rate)
        self.pacer = AudioPacer(sample_rate, 1, capacity, drain=self._drain)
        self._resampler = StreamResampler(sample_rate, 1)
        self._max_channels = max_channels
        self._at_start = True

    def play(self, pcm: Pcm, time: float | None = None) -> None:
        """Append a chunk of any format. It is taken whole, whatever ``pacer.room`` says.

        Args:
            pcm: the audio.
            time: of its first sample on the source's timeline; ``None``: where the last one ended.
        """
        if pcm.channels > self.pacer.channels and self._max_channels > 1:
            self.pacer.set_channels(pcm.channels)
            self._resampler.set_channels(pcm.channels)
        if self.pacer.idle:
            self._restart()
        self.times.push(self.pacer.pushed, pcm.duration, time, anew=self._at_start)
        samples = self._resampler.push(pcm)
        if self._at_start and pcm.samples.shape[1]:
            self._at_start = False
            channels = self.pacer.channels
            self.pacer.push(np.zeros((channels, self._resampler.lag), np.int16))
        self.pacer.push(samples)

    def clear(self) -> float:
        """Fall silent; return the seconds of audio dropped."""
        self._restart()
        return self.pacer.clear()

    def next(self, now: float) -> Frame | Wait:
        """Return the frame to send at ``now``, or how long to wait; see :class:`AudioPacer`."""
        step = self.pacer.next(now)
        if isinstance(step, Frame):
            end, due = self.times.at(self.pacer.taken), self.pacer.due
            if due is None:
                self.clock.silence()
            else:
                self.clock.sound(end, due - EARLY_SECONDS, end)
        return step

    def _restart(self) -> None:
        self._resampler.reset()
        self._at_start = True

    def _drain(self) -> Int16Array:
        return self._resampler.flush()
