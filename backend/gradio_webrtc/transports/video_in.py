"""Received pictures, converted when and where they are used."""

from __future__ import annotations

from av import VideoFrame

from gradio_webrtc.media.video import FrameFormat, ImageArray, to_array


class ReceivedPicture:
    """A decoded frame that becomes an array only for the handler that takes it.

    Most frames of a slow handler are replaced by newer ones; converting those would be for nothing,
    and the conversion belongs on the thread of the user's code rather than on the event loop.
    """

    __slots__ = ("_frame",)

    def __init__(self, frame: VideoFrame) -> None:
        self._frame = frame

    def to_array(self, frame_format: FrameFormat) -> ImageArray:
        """Return ``uint8`` of shape ``(height, width, 3)``, for ``"gray"`` ``(height, width)``."""
        return to_array(self._frame, frame_format)
