"""What a call asks of a server beside its media: of a mounted stream, or of a Gradio app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from gradio_webrtc.client.received import Received
from gradio_webrtc.json_values import Json, JsonObject

Modality = Literal["audio", "video", "audio-video"]
Mode = Literal["send-receive", "send", "receive"]


@dataclass(frozen=True)
class SocketAddress:
    """Where a websocket is opened, and with which headers."""

    url: str
    headers: Mapping[str, str]


class Signaling(Protocol):
    """One stream of one server.

    Attributes:
        modality: what the stream carries; ``None`` if that is not known.
        mode: in which direction; ``None`` if that is not known.
    """

    modality: Modality | None
    mode: Mode | None

    async def ask(self, body: JsonObject) -> JsonObject:
        """Send an offer or a candidate; return what is answered.

        Raises:
            ClientError: there is no answer, or it is a refusal.
        """
        ...

    async def ice_configuration(self) -> JsonObject | None:
        """Return the RTC configuration that the stream has for its clients."""
        ...

    async def start(self) -> str | None:
        """Return what names the values with which a stream of mode ``"receive"`` starts."""
        ...

    async def socket(self) -> SocketAddress:
        """Return where the stream's websocket is."""
        ...

    async def place(self, webrtc_id: str, within_s: float) -> None:
        """Wait for a free place.

        Raises:
            NoPlaceError: there is none in time.
        """
        ...

    async def connected(self, webrtc_id: str, received: Received) -> None:
        """Do what goes on beside the media of a call that stands, until cancelled."""
        ...

    async def leave(self, webrtc_id: str) -> None:
        """Say that the call is over, or will not be."""
        ...

    async def set_input(self, webrtc_id: str, values: list[Json]) -> None:
        """Give the handler the values of its other inputs."""
        ...
