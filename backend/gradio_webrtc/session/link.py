"""What a running handler may ask of its session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from gradio_webrtc.handlers.protocol import TurnLog
from gradio_webrtc.session import messages
from gradio_webrtc.session.awaited_inputs import AwaitedInputs
from gradio_webrtc.session.transport import Transport


class SessionLink:
    """A ``handlers.protocol.Link``: each wish is carried out on the session's loop. Any thread.

    Args:
        webrtc_id: the session's id.
        on_loop: runs a callable on the session's loop, from any thread.
        transport: the wire.
        composer: whether the client has a text composer.
        phone_mode: whether it is a telephone call.
    """

    def __init__(
        self,
        webrtc_id: str,
        on_loop: Callable[..., None],
        transport: Transport,
        composer: bool = False,
        phone_mode: bool = False,
    ) -> None:
        self.composer = composer
        self.phone_mode = phone_mode
        self.webrtc_id = webrtc_id
        self.loop = asyncio.get_running_loop()
        self._on_loop = on_loop
        self._transport = transport
        self.awaited = AwaitedInputs(webrtc_id, lambda text: self.notify(messages.warning(text)))

    def send(self, text: str) -> None:
        """Send ``text`` to the client as it is."""
        self._on_wire(lambda transport: transport.send_text(text))

    def notify(self, message: messages.Message) -> None:
        """Send a control message to the client."""
        self._on_wire(lambda transport: transport.send(message))

    def log(self, event: TurnLog) -> None:
        """Tell the client of a turn-taking event."""
        self.notify(messages.log(event))

    def stopword(self, word: str) -> None:
        """Tell the client that a stop word was heard."""
        self.notify(messages.stopword(word))

    def request_inputs(self) -> None:
        """Ask the page for the current values of the other inputs."""
        self.notify(messages.send_input())
        self._on_loop(self.awaited.asked)

    def clear(self) -> None:
        """Drop the audio that is queued and not played."""
        self._transport.playback.clear()

    def hold(self) -> None:
        """Silence what is played, and keep what is queued."""
        self._transport.playback.hold()

    def release(self) -> None:
        """Go on where ``hold`` stopped."""
        self._transport.playback.release()

    async def drain(self) -> None:
        """Wait until the sound that was handed to the wire has been played."""
        await self._transport.playback.drain()

    @property
    def played_s(self) -> float:
        """Seconds of emitted sound that went onto the wire so far."""
        return self._transport.playback.played_s

    def _on_wire(self, action: Callable[[Transport], Any]) -> None:
        self._on_loop(action, self._transport)
