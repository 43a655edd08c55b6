"""What one connection receives: audio, video, or both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from aiortc import RTCRtpTransceiver

from gradio_webrtc.errors import VideoTooLargeError
from gradio_webrtc.media.audio.receiving.stale_packets import StalePackets
from gradio_webrtc.media.video.resolution import Resolution
from gradio_webrtc.session import messages
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.receiving.audio_receiver import AudioDecoder
from gradio_webrtc.transports.receiving.g7xx_audio import G7xxDecoder
from gradio_webrtc.transports.receiving.receiver import Receiver
from gradio_webrtc.transports.receiving.video_receiver import VideoReceiver

logger = logging.getLogger(__name__)


class Incoming:
    """The receiving side of one connection.

    Args:
        listener: is told of all that comes.
        channels: of audio, 1 or 2.
        max_resolution: the largest frames that are decoded.
        send: tells the client something.
    """

    def __init__(
        self,
        listener: TransportListener,
        channels: int,
        max_resolution: Resolution,
        send: Callable[[Message], None],
    ) -> None:
        self._listener = listener
        self._channels = channels
        self._max_resolution = max_resolution
        self._send = send
        self._audio: AudioDecoder | None = None
        self._video: VideoReceiver | None = None
        self._read_on: Callable[[], None] = lambda: None

    def use(self, transceiver: RTCRtpTransceiver, *, opus: bool, red: int | None = None) -> None:
        """Take what a negotiated transceiver receives, if it does.

        Args:
            transceiver: one whose receiver is a ``Receiver``.
            opus: whether that is what was agreed on.
            red: the payload type of Opus with copies of the packets before.
        """
        receiver = transceiver.receiver
        if receiver.track is None or not isinstance(receiver, Receiver):
            return
        if transceiver.kind == "video":
            self._video = VideoReceiver(
                self._listener, receiver, self._max_resolution, self._too_large
            )
            receiver.sink = self._video
            return
        stale = StalePackets(receiver.more_wait, self._too_old)
        self._read_on = partial(receiver.read_on, lambda: stale.dropping)
        loop = asyncio.get_running_loop()
        if opus:
            self._audio = AudioDecoder(self._listener.on_audio, loop, self._channels, stale)
            receiver.sink = self._audio
            receiver.red = red
        else:
            ended = partial(self._listener.on_input_ended, "audio")
            receiver.sink = G7xxDecoder(
                self._listener.on_audio, loop.time, ended, self._channels, stale
            )

    def stop(self) -> None:
        """Decode nothing more; does not wait."""
        if self._audio is not None:
            self._audio.close()
        if self._video is not None:
            self._video.end()

    async def aclose(self) -> None:
        """Stop, and wait until nothing runs any more."""
        self.stop()
        if self._video is not None:
            await self._video.aclose()

    def _too_old(self, late: float) -> None:
        losses = self._listener.losses
        if not losses.stale_audio:
            logger.warning(
                "This process has more to do than it can: sound is read %.1f s after it has come. "
                "Sound that is too old is dropped, so that what is heard is what is being said. "
                "Allow fewer sessions (concurrency_limit), or see where the time goes.",
                late,
            )
        losses.drop_stale_audio()
        self._read_on()

    def _too_large(self, error: VideoTooLargeError) -> None:
        logger.warning("%s", error)
        self._send(messages.warning(str(error)))
