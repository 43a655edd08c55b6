"""What a client says over its control channel."""

from __future__ import annotations

import logging
from collections.abc import Callable

from gradio_webrtc.concurrency.token_bucket import TokenBucket
from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.session import messages
from gradio_webrtc.session.client_channel import SessionChannel
from gradio_webrtc.session.state import CloseReason

logger = logging.getLogger(__name__)

GREETING = "handshake"
"""What clients written for the published API say first, on a channel that is open."""

MESSAGES_AT_ONCE = 100
MESSAGES_PER_SECOND = 20
"""A page sends one every five seconds."""

LONGEST_PLAYOUT_MS = 5_000
"""What a browser keeps against an uneven network is 50 to 200 ms, and two seconds at worst."""


class ClientMessages:
    """Obeys a client's control messages and refuses what is none.

    Args:
        webrtc_id: the session's id, for the log.
        channel: what is said to the client, and what is known of it.
        end: ends the session.
        talk: is told whether the person holds their button to talk.

    Attributes:
        refused: how many messages were none of the protocol's.
    """

    def __init__(
        self,
        webrtc_id: str,
        channel: SessionChannel,
        end: Callable[[CloseReason], None],
        talk: Callable[[bool], None],
    ) -> None:
        self.refused = 0
        self._allowed = TokenBucket(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND)
        self._webrtc_id = webrtc_id
        self._channel = channel
        self._end = end
        self._talk = talk

    def hear(self, text: str | bytes, now: float) -> None:
        """Take one message at ``now`` s: a ping is a sign of life, end_stream a goodbye.

        ``playout`` says how many milliseconds after its arrival the person hears audio.
        """
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
            delay_s = _seconds_of(message) if message.type == "playout" else None
        except InvalidMessageError as error:
            self.refused += 1
            if self.refused == 1:  # a client must not be able to fill the log
                logger.warning("session %s: %s", self._webrtc_id, error)
                self._channel.notify(messages.warning(error.message))
            return
        if message.type == "end_stream":
            self._end(CloseReason.CLIENT_CLOSED)
        elif pressed is not None:
            self._talk(pressed)
        elif message.type == "playout":
            self._channel.playout_s, self._channel.speaks_of_playout = delay_s, True
        elif message.type != "ping":
            logger.debug("session %s: client sent %s", self._webrtc_id, message.type)


def _seconds_of(message: messages.Message) -> float | None:
    """Return the delay that a ``playout`` message tells; ``None``: the client does not know it.

    Raises:
        InvalidMessageError: it is none that there can be.
    """
    ms = message.data
    if ms is None:
        return None
    if isinstance(ms, bool) or not isinstance(ms, int | float) or not 0 <= ms <= LONGEST_PLAYOUT_MS:
        raise InvalidMessageError(
            f'The "data" of a "playout" message is null, or from 0 to {LONGEST_PLAYOUT_MS} ms.'
        )
    return ms / 1000
