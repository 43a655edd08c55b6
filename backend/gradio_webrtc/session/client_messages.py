"""What a client says over its control channel."""

from __future__ import annotations

import logging
from collections.abc import Callable

from gradio_webrtc.concurrency.token_bucket import TokenBucket
from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.session import messages
from gradio_webrtc.session.state import CloseReason

logger = logging.getLogger(__name__)

GREETING = "handshake"
"""What clients written for the published API say first, on a channel that is open."""

MESSAGES_AT_ONCE = 100
MESSAGES_PER_SECOND = 20
"""A page sends one every five seconds."""


class ClientMessages:
    """Obeys a client's control messages and refuses what is none.

    Args:
        webrtc_id: the session's id, for the log.
        send: sends a message to the client.
        end: ends the session.
        talk: is told whether the person holds their button to talk.

    Attributes:
        refused: how many messages were none of the protocol's.
    """

    def __init__(
        self,
        webrtc_id: str,
        send: Callable[[messages.Message], None],
        end: Callable[[CloseReason], None],
        talk: Callable[[bool], None],
    ) -> None:
        self.refused = 0
        self._allowed = TokenBucket(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND)
        self._webrtc_id = webrtc_id
        self._send = send
        self._end = end
        self._talk = talk

    def hear(self, text: str | bytes, now: float) -> None:
        """Take one message at ``now`` s: a ping is a sign of life, end_stream a goodbye."""
        try:
            if not self._allowed.take(1, now):
                raise InvalidMessageError(
                    f"A control message came too soon; at most {MESSAGES_AT_ONCE} are accepted at "
                    f"once and {MESSAGES_PER_SECOND} a second. It is ignored."
                )
            if text == GREETING:
                return
            message = messages.decode(text)
            pressed = messages.is_pressed(message)
        except InvalidMessageError as error:
            self.refused += 1
            if self.refused == 1:  # a client must not be able to fill the log
                logger.warning("session %s: %s", self._webrtc_id, error)
                self._send(messages.warning(error.message))
            return
        if message.type == "end_stream":
            self._end(CloseReason.CLIENT_CLOSED)
        elif pressed is not None:
            self._talk(pressed)
        elif message.type != "ping":
            logger.debug("session %s: client sent %s", self._webrtc_id, message.type)
