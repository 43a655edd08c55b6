"""What is said at the end of a session: to its client, and in the log."""

from __future__ import annotations

import logging

from gradio_webrtc.handlers.protocol import Handler
from gradio_webrtc.session import messages
from gradio_webrtc.session.client_messages import ClientMessages
from gradio_webrtc.session.media_pumps import AudioPump, VideoPump
from gradio_webrtc.session.output_announcements import OutputSink
from gradio_webrtc.session.state import CloseReason, Ending
from gradio_webrtc.session.transport import Transport

logger = logging.getLogger(__name__)


class Losses:
    """What a session has dropped, lost or refused so far; read where it is counted.

    Attributes:
        stale_audio: packets of sound that were dropped; see ``transport.WireLosses``.
    """

    def __init__(
        self,
        handler: Handler,
        audio: AudioPump,
        video: VideoPump,
        outputs: OutputSink,
        control: ClientMessages,
    ) -> None:
        self.stale_audio = 0
        self._handler = handler
        self._audio = audio
        self._video = video
        self._outputs = outputs
        self._control = control

    def drop_stale_audio(self) -> None:
        """Count a packet that the wire drops, and drop what waits for the handler: it is older."""
        self.stale_audio += 1
        while self._audio.queue.get_nowait() is not None:
            self.stale_audio += 1

    def by_kind(self) -> dict[str, int]:
        """Return how many ``audio`` chunks, ``video`` frames, ``outputs`` and ``messages``."""
        return {
            "audio": self._audio.queue.dropped + self.stale_audio,
            "video": self._video.queue.dropped + self._handler.dropped,
            "outputs": self._outputs.dropped,
            "messages": self._control.refused,
        }


def say_goodbye(transport: Transport, ending: Ending) -> None:
    """Tell the client why the session ends, unless it knows."""
    if ending.reason is CloseReason.HANDLER_ERROR:
        transport.send(messages.error(ending.text))
    if ending.reason not in (CloseReason.CLIENT_CLOSED, CloseReason.REPLACED):
        transport.send(messages.end_stream(ending.text, ending.reason.value))


def log_end(webrtc_id: str, ending: Ending, losses: Losses) -> None:
    """Log how a session ended, with what was dropped, lost and refused."""
    logger.info(
        "session %s ended: %s%s; "
        "dropped %d audio chunks and %d video frames, lost %d outputs, refused %d messages",
        webrtc_id,
        ending.reason.value,
        f" ({ending.text})" if ending.text else "",
        *losses.by_kind().values(),
    )
