"""Received pictures, converted when and where they are used."""

from __future__ import annotations

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import VideoFrame

from gradio_webrtc.media.video import FrameFormat, ImageArray, to_array
from gradio_webrtc.session.transport import TransportListener

MAX_HELD_BACK = 0.1
"""Seconds; what stands between two pictures that are further apart is a pause."""


class ReceivedPicture:
    """A decoded frame that becomes an array only for the handler that takes it.

    Most frames of a slow handler are replaced by newer ones; converting those would be for nothing,
    and the conversion belongs on the thread of the user's code rather than on the event loop.

    Attributes:
        frame: as it was decoded; not to be changed, since several may hold it.
        delay: seconds it was held back on its way through this process.
    """

    __slots__ = ("delay", "frame")

    def __init__(self, frame: VideoFrame, delay: float = 0.0) -> None:
        self.frame = frame
        self.delay = delay

    def to_array(self, frame_format: FrameFormat) -> ImageArray:
        """Return ``uint8`` of shape ``(height, width, 3)``, for ``"gray"`` ``(height, width)``."""
        return to_array(self.frame, frame_format)


class HeldBack:
    """Tells how long aiortc held a picture back.

    Its jitter buffer takes a picture for complete when the first packet of the next one is there,
    so it comes later than the sound it belongs to by the time between two pictures.
    """

    def __init__(self) -> None:
        self._last: float | None = None

    def seconds(self, frame: VideoFrame) -> float:
        """Return for how long ``frame`` was held, judged by the time since the one before it."""
        time = frame.time
        last, self._last = self._last, time
        if time is None or last is None:
            return 0.0
        return min(max(0.0, time - last), MAX_HELD_BACK)


async def read_video(track: MediaStreamTrack, listener: TransportListener) -> None:
    """Tell ``listener`` of all pictures of ``track`` until it ends."""
    held_back = HeldBack()
    try:
        while True:
            frame = await track.recv()
            if isinstance(frame, VideoFrame):
                listener.on_video(ReceivedPicture(frame, held_back.seconds(frame)))
    except MediaStreamError:
        listener.on_input_ended("video")
