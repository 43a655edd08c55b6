"""What is said at the end of a session: to its client, and in the log."""

from __future__ import annotations

import logging

from gradio_webrtc.session import messages
from gradio_webrtc.session.state import CloseReason, Ending
from gradio_webrtc.session.transport import Transport

logger = logging.getLogger(__name__)


def say_goodbye(transport: Transport, ending: Ending) -> None:
    """Tell the client why the session ends, unless it knows."""
    if ending.reason is CloseReason.HANDLER_ERROR:
        transport.send(messages.error(ending.text))
    if ending.reason not in (CloseReason.CLIENT_CLOSED, CloseReason.REPLACED):
        transport.send(messages.end_stream(ending.text, ending.reason.value))


def log_end(
    webrtc_id: str, ending: Ending, audio: int, video: int, outputs: int, refused: int
) -> None:
    """Log how a session ended, with what was dropped, lost and refused."""
    logger.info(
        "session %s ended: %s%s; "
        "dropped %d audio chunks and %d video frames, lost %d outputs, refused %d messages",
        webrtc_id,
        ending.reason.value,
        f" ({ending.text})" if ending.text else "",
        audio,
        video,
        outputs,
        refused,
    )
