"""Values of other inputs that were asked for and do not come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

INPUTS_PATIENCE_S = 5.0
"""How long values may take, which need one round trip to a page, before it is said."""

MISSING_INPUTS = (
    "The stream waits for the values of its inputs, which this page has not sent. "
    "It goes on as soon as they come."
)
REMEDY = (
    "the handler has waited %g s for the values of its inputs, which the client was asked for by "
    "send_input. In a Gradio app list the components in stream(inputs=[webrtc, ...]), and see "
    "whether their own functions or js= failed; a client of a mounted Stream has its app call "
    "set_input(webrtc_id, ...). It goes on as soon as they come."
)


class AwaitedInputs:
    """Says once for a session that the values it asked for do not come. On its event loop.

    Args:
        webrtc_id: the session's id, for the log.
        warn: tells the client.
    """

    def __init__(self, webrtc_id: str, warn: Callable[[str], None]) -> None:
        self._webrtc_id = webrtc_id
        self._warn = warn
        self._timer: asyncio.TimerHandle | None = None
        self._said = False

    def asked(self) -> None:
        """The client was asked for the values."""
        if self._timer is None and not self._said:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(INPUTS_PATIENCE_S, self._say)

    def arrived(self) -> None:
        """Some came, or nobody waits for them any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _say(self) -> None:
        self._timer, self._said = None, True
        logger.warning("session %s: " + REMEDY, self._webrtc_id, INPUTS_PATIENCE_S)
        self._warn(MISSING_INPUTS)
