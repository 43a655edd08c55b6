"""Opus that carries copies of each packet in the next ones while the network loses packets.

Where the client takes them as packets of their own (RED, as Chromium and what is made of it do),
those before are sent once more as they are: see ``red_opus.py``. For others Opus makes the copies.

Copies (in-band FEC) are made by Opus' coder of speech alone, which takes twice the time and looks
4 ms further ahead than what is sent on a clean line. So there are two encoders, of which one runs,
and it is changed where nobody hears it.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from av import Packet

from gradio_webrtc.media.audio.opus import FRAME_SAMPLES, OpusEncoder
from gradio_webrtc.media.audio.pcm import Int16Array

LOSSY = 0.02
"""Lost packets, of all, from which copies are sent. One lost in a second is a little less."""
CALM_SECONDS = 10.0
"""Copies go on until no report was as bad for this long: losses come in groups."""
HEAVY = 0.05
"""Lost packets, on average of the last reports, from which two packets are sent again with each:
of every ten one is lost twice as well, and losses come in groups."""
MOST_REPORTS = 20
"""Of the last seconds; a browser sends one in five for audio."""
EXPECTED_LOSS = 15
"""Percent, as libopus is told; with less it makes copies of fewer packets and coarser ones."""
QUIET = 328
"""Peak of two frames in a row between which a change of encoder is not heard: 1 % of full scale,
-40 dBFS. What is decoded of the first ends in the second."""
PATIENCE = 250
"""Frames, 5 s: music that is never quiet has its encoder changed all the same."""

_MOST_PER_CHANNEL = 256_000
"""Bits per second a channel at which libopus' encoder ends."""


class LossReports:
    """Decides by a receiver's reports whether copies are worth their bits. Pure."""

    def __init__(self) -> None:
        self._lossy_at: float | None = None
        self._recent: deque[tuple[float, float]] = deque(maxlen=MOST_REPORTS)

    def copies(self, fraction: float, now: float) -> int:
        """Take a report as ``lossy`` does; return how many packets are to be sent again: 0 to 2."""
        if not self.lossy(fraction, now):
            self._recent.clear()
            return 0
        self._recent.append((now, fraction))
        recent = [lost for then, lost in self._recent if now - then < CALM_SECONDS]
        return 2 if sum(recent) / len(recent) >= HEAVY else 1

    def lossy(self, fraction: float, now: float) -> bool:
        """Take a report of the fraction that was lost since the last; return the decision."""
        if fraction >= LOSSY:
            self._lossy_at = now
        return self._lossy_at is not None and now - self._lossy_at < CALM_SECONDS


class RedundantOpus:
    """Encodes 20 ms at a time, with copies while they are wanted. Not thread-safe.

    Args:
        bitrate: most bits per second; ``None`` for our own default. Copies take their part of it.

    Attributes:
        copies: whether copies are wanted; takes effect at the next silence.
    """

    def __init__(self, bitrate: int | None = None) -> None:
        self.copies = False
        self._bitrate = bitrate
        self._encoder: OpusEncoder | None = None
        self._makes_copies = False
        self._next_pts: int | None = None
        self._waited = 0
        self._quiet = False

    def encode(self, samples: Int16Array, pts: int) -> Packet[Any]:
        """Encode one frame of shape ``(channels, 960)``, as ``OpusEncoder.encode``."""
        channels = samples.shape[0]
        encoder = self._encoder
        if encoder is None or encoder.channels != channels or self._changes(samples, pts):
            self._makes_copies, self._waited, self._quiet = self.copies, 0, False
            encoder = self._encoder = self._made(channels)
        self._next_pts = pts + FRAME_SAMPLES
        return encoder.encode(samples, pts)

    def _changes(self, samples: Int16Array, pts: int) -> bool:
        """Whether to change to the other encoder with this frame."""
        if self.copies == self._makes_copies:
            return False
        self._waited += 1
        after_silence = pts != self._next_pts
        before, self._quiet = self._quiet, _peak(samples) < QUIET
        return after_silence or self._waited > PATIENCE or (before and self._quiet)

    def _made(self, channels: int) -> OpusEncoder:
        # libopus refuses more than the most instead of doing its best.
        most = _MOST_PER_CHANNEL * channels
        bitrate = None if self._bitrate is None else min(self._bitrate, most)
        if self._makes_copies:
            return OpusEncoder(channels, bitrate, 5, "voip", EXPECTED_LOSS)
        return OpusEncoder(channels, bitrate)


def _peak(samples: Int16Array) -> int:
    return int(np.abs(samples.astype(np.int32)).max())
