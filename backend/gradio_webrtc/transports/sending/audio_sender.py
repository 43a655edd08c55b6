"""The outgoing audio track: what is played, encoded for WebRTC.

Opus is encoded here, on the event loop, and given to the sender as finished packets: about a tenth
of a millisecond a frame, where aiortc's own encoder at full complexity takes a thread hop besides.
"""

from __future__ import annotations

from typing import Any

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, Packet

from gradio_webrtc.media.audio.libopus import SAMPLE_RATE
from gradio_webrtc.media.audio.opus import TIME_BASE
from gradio_webrtc.media.audio.pacer import Frame as PacedFrame
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.transports.sending.audio_redundancy import LossReports, RedundantOpus
from gradio_webrtc.transports.sending.red_opus import RedOpus


def audio_frame(frame: PacedFrame) -> AudioFrame:
    """Return 20 ms as aiortc's own encoders take them: packed, channels interleaved."""
    packed = frame.samples.T.reshape(1, -1)
    layout = "stereo" if frame.samples.shape[0] == 2 else "mono"
    audio = AudioFrame.from_ndarray(packed, "s16", layout)
    audio.sample_rate = SAMPLE_RATE
    audio.pts = frame.pts
    audio.time_base = TIME_BASE
    return audio


class AudioSender(MediaStreamTrack):
    """Hands what is played to a sender, a packet for each 20 ms.

    Args:
        audio: what is played, at 48 kHz.
        bitrate: most bits per second of Opus; ``None`` for our own default.
    """

    kind = "audio"

    def __init__(self, audio: OutgoingAudio, bitrate: int | None = None) -> None:
        super().__init__()
        self._audio = audio
        self._opus = RedundantOpus(bitrate)
        self._encodes = False
        self._losses: LossReports | None = None
        self._red: RedOpus | None = None

    def use_opus(self, *, copies: bool = False, red: RedOpus | None = None) -> None:
        """Opus was negotiated: hand out encoded packets from now on.

        Args:
            copies: whether the client decodes a lost packet from the copy that Opus made of it.
            red: sends packets again with the next ones, where the client takes that.
        """
        self._encodes = True
        self._red = red
        self._losses = LossReports() if copies or red is not None else None

    def lost(self, fraction: float, now: float) -> None:
        """The client reported which part of the packets it lost; ``now`` in monotonic seconds."""
        if self._losses is None:
            return
        if self._red is not None:
            self._red.copies = self._losses.copies(fraction, now)
        else:
            self._opus.copies = self._losses.lossy(fraction, now)

    async def recv(self) -> AudioFrame | Packet[Any]:
        """Return the next frame when it is due; called by the sender."""
        frame = await self._audio.next_frame()
        if frame is None:
            raise MediaStreamError
        return self._encode(frame)

    def stop(self) -> None:
        """End the track and what is played on it."""
        super().stop()
        self._audio.stop()

    def _encode(self, frame: PacedFrame) -> AudioFrame | Packet[Any]:
        if self._encodes:
            return self._opus.encode(frame.samples, frame.pts)
        return audio_frame(frame)
