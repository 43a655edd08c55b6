"""A stream of audio at any sample rates, layouts and dtypes, brought to one rate without seams.

The rate conversion is this package's own and not ``av.AudioResampler``'s, because two things a
seamless change of rate needs cannot be asked of the latter: starting with a history, and starting
at a fraction of an output sample. (A 44.1 kHz chunk usually ends between two samples at 48 kHz;
rounding that to a sample is a jump in phase, heard as a tick.) The cost of 20 ms from 24 to 48 kHz
is about 0.06 ms on a 2-core machine, of 48 kHz left as it is under 0.01 ms, a change of rate 3 ms.
"""

from __future__ import annotations

import math

import numpy as np

from gradio_webrtc.media.audio.interpolation import half_width, interpolate, kernel
from gradio_webrtc.media.audio.linear_prediction import WINDOW, predict
from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array, Pcm, remix, to_float32, to_int16

_HISTORY_SECONDS = 0.008
"""Enough to prime any kernel from 8 kHz up after a change of rate, at either rate."""
_MAX_PHASES = 4096
"""Exact kernel phases up to here, which covers every usual pair of rates; beyond (say 44056 to
48000 Hz) the nearest of so many, an error below -80 dB. Downwards kernels are as much longer as the
signal is slower between two samples, so fewer phases are as exact and the table is no larger."""


class StreamResampler:
    """Turns chunks into one continuous int16 stream at ``sample_rate``. Pure; not thread-safe.

    Output lags input by the half-width of the kernel, 24 samples of the lower rate, and by nothing
    when the rates are equal. When the rate changes, and in :meth:`flush`, the samples that the
    kernel misses are predicted from those before (see
    :mod:`gradio_webrtc.media.audio.linear_prediction`), and the new rate's kernel starts on the old
    signal as its history.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        """Convert to ``sample_rate`` Hz and ``channels`` (1 or 2)."""
        self.sample_rate = sample_rate
        self.channels = channels
        self._rate: int | None = None
        self._known: Float32Array = np.zeros((channels, 0), np.float32)
        self._unread: Int16Array | Float32Array | None = None
        """The newest history, as it came: where rates are equal it is hardly ever looked at."""
        self._valid = 0
        self._use(sample_rate, 0.0)

    def push(self, pcm: Pcm) -> Int16Array:
        """Take a chunk and return what is ready, shape ``(channels, n)``; n may be 0.

        The result may be a view of the chunk when there is nothing to convert.
        """
        if pcm.samples.shape[1] == 0:
            return self._nothing()
        tail = None if pcm.sample_rate == self._rate else self._change_rate(pcm.sample_rate)
        samples = remix(pcm.samples, self.channels)
        if self._table is None:
            keep = samples[:, -self._keep :]
            if keep.shape[1] == self._keep:
                self._at -= self._keep
                self._unread, self._valid = keep.copy(), self._keep
                return _joined(tail, to_int16(samples))
            self._remember(np.concatenate([self._history, to_float32(keep)], axis=1), keep.shape[1])
            return _joined(tail, to_int16(samples))
        signal = np.concatenate([self._history, to_float32(samples)], axis=1)
        ready = self._read(signal, signal.shape[1] - self._half)
        self._remember(signal, samples.shape[1])
        return _joined(tail, to_int16(ready))

    @property
    def lag(self) -> int:
        """How many output samples are held back, rounded up; 0 when rates are equal."""
        return 0 if self._table is None else math.ceil(self._half * self._ratio)

    def flush(self) -> Int16Array:
        """Return what the kernel still holds back, shape ``(channels, n)``.

        For when the source pauses. It may go on afterwards with ``push``; nothing is repeated.
        """
        return self._flush(0)[0]

    def reset(self) -> None:
        """Forget the signal so far; the next chunk starts from silence."""
        self._rate = None

    def set_channels(self, channels: int) -> None:
        """Go on with another number of output channels, without a seam."""
        self.channels = channels
        self._history = remix(self._history, channels)

    @property
    def _history(self) -> Float32Array:
        if self._unread is not None:
            self._known, self._unread = to_float32(self._unread), None
        return self._known

    @_history.setter
    def _history(self, history: Float32Array) -> None:
        self._known, self._unread = history, None

    def _use(self, rate: int, offset: float) -> None:
        """Prepare for input at ``rate``; the next output is ``offset`` output samples into it."""
        common = math.gcd(rate, self.sample_rate)
        self._up, self._down = self.sample_rate // common, rate // common
        self._ratio = self.sample_rate / rate
        self._half = half_width(self._ratio)
        self._keep = max(WINDOW, math.ceil(rate * _HISTORY_SECONDS), 4 * self._half)
        position = offset * self._down / self._up
        self._phase = math.floor((position % 1.0) * self._up)
        self._skew = (position % 1.0) - self._phase / self._up
        self._phases = math.ceil(_MAX_PHASES * min(1.0, self._ratio))
        self._exact = self._up <= self._phases
        self._at = math.floor(position)
        self._table: Float32Array | None = None
        if rate != self.sample_rate or offset != 0.0:
            phases = np.arange(self._up) / self._up + self._skew
            if not self._exact:
                phases = np.arange(self._phases + 1) / self._phases
            self._table = kernel(phases, self._ratio)

    def _change_rate(self, rate: int) -> Int16Array:
        """Finish the old rate, keep its tail as history at the new one; return the last output."""
        history, tail, offset = np.zeros((self.channels, 0), np.float32), self._nothing(), 0.0
        if self._rate is not None:
            ratio = rate / self._rate
            tail, ahead = self._flush(half_width(ratio))
            if self._table is not None:
                past = self._at - self._history.shape[1] + self._phase / self._up + self._skew
                offset = round(past * self._ratio, 6)
            history = self._history_at(ratio, ahead)
        self._use(rate, offset)
        self._rate = rate
        self._valid = 0
        start = np.zeros((self.channels, self._keep), np.float32)
        self._at += self._keep
        self._remember(np.concatenate([start, history], axis=1)[:, -self._keep :], history.shape[1])
        return tail

    def _history_at(self, ratio: float, ahead: Float32Array) -> Float32Array:
        """The known signal up to now at ``ratio`` times its rate; ``ahead`` is what may follow."""
        half = half_width(ratio)
        known = self._history[:, self._history.shape[1] - self._valid :]
        # Zeros before it would put an edge into the history, and spoil predictions from that.
        before = predict(known[:, ::-1], half)[:, ::-1]
        signal = np.concatenate([before, known, ahead], axis=1)
        count = min(math.floor(self._valid * ratio), 4 * WINDOW)
        positions = half + self._valid - np.arange(count, 0, -1) / ratio
        base = np.floor(positions)
        rows = np.arange(count, dtype=np.int64)
        return interpolate(signal, base.astype(np.int64), rows, kernel(positions - base, ratio))

    def _flush(self, at_least: int) -> tuple[Int16Array, Float32Array]:
        known = self._history[:, self._history.shape[1] - self._valid :]
        ahead = predict(known, max(at_least, 0 if self._table is None else self._half))
        if self._table is None or self._rate is None:
            return self._nothing(), ahead
        signal = np.concatenate([self._history, ahead], axis=1)
        return to_int16(self._read(signal, self._history.shape[1])), ahead

    def _read(self, signal: Float32Array, end: int) -> Float32Array:
        """Produce every output that lies before sample ``end`` of ``signal``."""
        assert self._table is not None
        count = max(0, -((self._phase - (end - self._at) * self._up) // self._down))
        steps = self._phase + np.arange(count + 1, dtype=np.int64) * self._down
        base, phase = self._at + steps // self._up, steps % self._up
        self._at, self._phase = int(base[-1]), int(phase[-1])
        rows = phase[:-1]
        if not self._exact:
            exact = rows / self._up + self._skew
            rows = np.rint(exact * self._phases).astype(np.int64)
        return interpolate(signal, base[:-1], rows, self._table)

    def _remember(self, signal: Float32Array, added: int) -> None:
        dropped = max(0, signal.shape[1] - self._keep)
        self._history = signal[:, dropped:].copy()
        self._at -= dropped
        self._valid = min(self._keep, self._valid + added)

    def _nothing(self) -> Int16Array:
        return np.zeros((self.channels, 0), np.int16)


def _joined(first: Int16Array | None, second: Int16Array) -> Int16Array:
    return second if first is None else np.concatenate([first, second], axis=1)


def resampled(pcm: Pcm, sample_rate: int, channels: int) -> Int16Array:
    """Return complete audio at another rate and channel count, int16 ``(channels, n)``. Pure."""
    resampler = StreamResampler(sample_rate, channels)
    return np.concatenate([resampler.push(pcm), resampler.flush()], axis=1)
