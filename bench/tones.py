"""Marked sound: tone bursts that survive Opus, and hearing them come back.

A burst of 100 ms starts every 0.4 s over faint noise (digital silence, which nobody's microphone
gives, would be less work to encode). It has two pitches, one after the other, each one of eight.
They tell which of 64 bursts came back, so that no delay under 25 s is taken for a shorter one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

from bench.clips import Clip
from bench.marks import Heard, newest
from gradio_webrtc.client.received import ReceivedAudio

SAMPLE_RATE = 48_000
FRAME = 960
FRAMES_PER_BURST = 20
FIRST_FRAMES, SECOND_FRAMES = 2, 3
"""Length of a burst's two pitches."""
TONES = (500.0, 700.0, 900.0, 1150.0, 1450.0, 1800.0, 2250.0, 2800.0)
"""In Hz; each a whole number of periods in a frame."""
CYCLE_FRAMES = len(TONES) ** 2 * FRAMES_PER_BURST
AMPLITUDE = 12_000
NOISE = 150
HEARD = 3_000
"""Absolute sample value above which a burst is there: a quarter of its amplitude."""

DecodedAudio = npt.NDArray[np.int16]


def burst_clip() -> Clip:
    """Return one cycle of the 64 bursts, Opus encoded, 20 ms a packet."""
    return Clip("audio", opus(bursts()), 0.02)


def silence_clip() -> Clip:
    """Return a second of digital silence, Opus encoded, 20 ms a packet."""
    return Clip("audio", opus(np.zeros(SAMPLE_RATE * 2, np.int16))[50:], 0.02)


def bursts() -> DecodedAudio:
    """Return one cycle of the 64 bursts, mono at 48 kHz."""
    noise = np.random.default_rng(1).normal(0, NOISE, CYCLE_FRAMES * FRAME)
    for number in range(len(TONES) ** 2):
        second, first = divmod(number, len(TONES))
        burst = np.concatenate([_tone(first, FIRST_FRAMES), _tone(second, SECOND_FRAMES)])
        start = number * FRAMES_PER_BURST * FRAME
        noise[start : start + len(burst)] += burst
    return noise.astype(np.int16)


def _tone(index: int, frames: int) -> npt.NDArray[np.float64]:
    time = np.arange(frames * FRAME) / SAMPLE_RATE
    return AMPLITUDE * np.sin(2 * np.pi * TONES[index] * time)


def opus(sound: DecodedAudio) -> list[bytes]:
    """Return mono sound at 48 kHz as Opus packets of 20 ms; what is less than one is left out."""
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, av.AudioCodecContext)
    codec.sample_rate = SAMPLE_RATE
    codec.format = "s16"
    codec.layout = "mono"
    codec.bit_rate = 64_000
    codec.time_base = Fraction(1, SAMPLE_RATE)
    codec.options = {"application": "voip"}
    packets: list[bytes] = []
    for start in range(0, len(sound) - FRAME + 1, FRAME):
        frame = av.AudioFrame.from_ndarray(
            sound[None, start : start + FRAME], format="s16", layout="mono"
        )
        frame.sample_rate = SAMPLE_RATE
        frame.pts = start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets


class BurstListener:
    """Finds bursts in received frames.

    Args:
        sent: grows while sending; ``sent[n]`` is when frame ``n`` was handed to the sender.
    """

    def __init__(self, sent: Sequence[float]) -> None:
        self.heard: list[Heard] = []
        self._sent = sent
        self._quiet_frames = 0
        self._onset: float | None = None
        self._body: list[DecodedAudio] = []

    def take(self, piece: ReceivedAudio, at: float) -> None:
        """Look at audio received at time ``at``."""
        self.hear(piece.samples[0], piece.sample_rate, at)

    def hear(self, sound: DecodedAudio, sample_rate: int, at: float) -> None:
        """Look at 20 ms of mono sound received at time ``at``."""
        if self._onset is not None:
            self._body.append(sound)
            if len(self._body) == FIRST_FRAMES + SECOND_FRAMES - 2:
                self._name_it(sample_rate)
            return
        if np.abs(sound).max(initial=0) < HEARD:
            self._quiet_frames += 1
        elif self._quiet_frames < 2:
            self._quiet_frames = 0
        else:
            self._quiet_frames = 0
            self._onset = at

    def _name_it(self, rate: int) -> None:
        """Tell which burst it was; a frame in which the pitch changes is not listened to."""
        assert self._onset is not None
        onset, self._onset = self._onset, None
        first, second = _pitch(self._body[0], rate), _pitch(self._body[-1], rate)
        self._body = []
        if first is None or second is None:
            return
        burst = (second * len(TONES) + first) * FRAMES_PER_BURST
        number = newest(self._sent, burst, CYCLE_FRAMES, onset)
        if number is not None:
            self.heard.append(Heard(number, self._sent[number], onset - self._sent[number]))


def _pitch(sound: DecodedAudio, rate: int) -> int | None:
    """Return which of ``TONES`` a frame holds."""
    pitch = float(np.argmax(np.abs(np.fft.rfft(sound))) * rate / len(sound))
    tone = min(range(len(TONES)), key=lambda index: abs(TONES[index] - pitch))
    return tone if abs(TONES[tone] - pitch) <= rate / len(sound) else None
