"""The audio of a shared source: each 20 ms encoded once for all viewers that take Opus."""

from __future__ import annotations

from collections.abc import Iterable

from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.media.sharing.key_frame_group import PackedFrame
from gradio_webrtc.transports.sending.audio_redundancy import RedundantOpus
from gradio_webrtc.transports.sharing.viewer import Viewer

LOSSY_SHARE = 4
"""Copies of lost audio are sent to all when one in four loses some: they cost all of them bits."""


class SharedAudio:
    """Encodes, and hands each 20 ms to the viewers.

    Args:
        bitrate: most bits per second of Opus; ``None`` for our own default.

    Attributes:
        encoded: how many pieces were encoded.
    """

    def __init__(self, bitrate: int | None) -> None:
        self.encoded = 0
        self._opus = RedundantOpus(bitrate)

    def send(self, frame: Frame, viewers: Iterable[Viewer]) -> None:
        """Hand ``frame`` to each of ``viewers`` in its form."""
        listening = []
        for viewer in viewers:
            if viewer.audio_form == "samples":
                viewer.play(frame)
            elif viewer.audio_form == "opus":
                listening.append(viewer)
        if listening:
            lossy = sum(viewer.loses_audio for viewer in listening)
            self._opus.copies = lossy * LOSSY_SHARE >= len(listening)
            opus = self._encode(frame)
            for viewer in listening:
                viewer.play(opus)

    def _encode(self, frame: Frame) -> PackedFrame:
        packet = self._opus.encode(frame.samples, frame.pts)
        self.encoded += 1
        return PackedFrame((bytes(packet),), frame.pts)
