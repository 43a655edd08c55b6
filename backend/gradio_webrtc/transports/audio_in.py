"""Receiving audio without the substrate's fixed delay.

aiortc's audio receiver prefetches four packets (80 ms), hands a packet on only when the next one is
there (20 ms), and stands still on a lost one until sixteen wait. That is right for a loudspeaker
and wrong for a server that feeds a model. An object with the jitter buffer's one method takes its
place: it orders packets, releases each at once, decodes it right here (about 0.05 ms) and conceals
losses. The receiver's own decoder thread then never gets work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from aiortc import RTCRtpReceiver

from gradio_webrtc.media.pcm import Pcm

logger = logging.getLogger(__name__)

_JITTER_BUFFER = "_RTCRtpReceiver__jitter_buffer"


def take_over(receiver: RTCRtpReceiver, decoder: "AudioDecoder") -> bool:
    """Make ``receiver`` hand its packets to ``decoder``; return whether it could be done.

    The attribute is private to aiortc. When a later version has no such attribute the caller reads
    the track in the ordinary way: slower by 100 ms, but right.
    """
    if not hasattr(receiver, _JITTER_BUFFER):
        logger.warning("this aiortc has no replaceable jitter buffer; audio arrives 100 ms later")
        return False
    setattr(receiver, _JITTER_BUFFER, decoder)
    return True


class AudioDecoder:
    """Orders, decodes and conceals; stands in for aiortc's jitter buffer.

    Args:
        deliver: called on the event loop with each piece of sound.
        now: the event loop's clock.
        channels: 1 or 2, as the handler expects.
    """

    def __init__(
        self, deliver: Callable[[Pcm], None], now: Callable[[], float], channels: int
    ) -> None:
        self._deliver = deliver
        self._now = now
        self._channels = channels

    def add(self, packet: Any) -> tuple[bool, None]:
        """Take one RTP packet; the answer says: no picture is lost, and nothing to decode."""
        return False, None
