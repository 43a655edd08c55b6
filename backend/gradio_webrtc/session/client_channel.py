"""What is said to a session's client, from any thread."""

from __future__ import annotations

from collections.abc import Callable

from gradio_webrtc.handlers.protocol import TurnLog
from gradio_webrtc.json_values import JsonObject
from gradio_webrtc.session import messages
from gradio_webrtc.session.awaited_inputs import AwaitedInputs
from gradio_webrtc.session.transport import Transport


class SessionChannel:
    """A ``handlers.protocol.ClientChannel``: everything is sent on the session's loop. Any thread.

    Args:
        webrtc_id: the session's id.
        on_loop: runs a callable on the session's loop, from any thread.
        transport: the wire.

    Attributes:
        awaited: the values of other inputs that were asked for.
        playout_s: how much later than audio reaches the client it is heard, if it says so.
        speaks_of_playout: whether it ever did; such a client knows what this package adds.
    """

    def __init__(self, webrtc_id: str, on_loop: Callable[..., None], transport: Transport) -> None:
        self._on_loop = on_loop
        self._transport = transport
        self.playout_s: float | None = None
        self.speaks_of_playout = False
        self.awaited = AwaitedInputs(webrtc_id, lambda text: self.notify(messages.warning(text)))

    def send(self, text: str) -> None:
        """Send ``text`` to the client as it is."""
        self._on_loop(self._transport.send_text, text)

    def notify(self, message: messages.Message) -> None:
        """Send a control message to the client."""
        self._on_loop(self._transport.send, message)

    def log(self, event: TurnLog) -> None:
        """Tell the client of a turn-taking event."""
        self.notify(messages.log(event))

    def turn_timings(self, values: JsonObject) -> None:
        """Tell a client that speaks of its playout when what happened in a turn."""
        if self.speaks_of_playout:
            self.notify(messages.turn_timings(values))

    def stopword(self, word: str) -> None:
        """Tell the client that a stop word was heard."""
        self.notify(messages.stopword(word))

    def request_inputs(self) -> None:
        """Ask the page for the current values of the other inputs."""
        self.notify(messages.send_input())
        self._on_loop(self.awaited.asked)
