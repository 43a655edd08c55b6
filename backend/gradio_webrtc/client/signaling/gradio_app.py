"""A component of a Gradio app, asked as its page asks: through the app's server functions."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from gradio_webrtc.client.errors import NoPlaceError, StreamNotFoundError
from gradio_webrtc.client.received import Received
from gradio_webrtc.client.signaling import Modality, Mode, SocketAddress
from gradio_webrtc.client.signaling.addresses import joined, socket_address
from gradio_webrtc.client.signaling.gradio_events import GradioEvents
from gradio_webrtc.client.signaling.http_server import HttpServer
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.json_values import Json, JsonObject

KIND = "webrtc"
"""What a Gradio app's configuration calls our component."""

Wanted = str | int | None
"""Which component: its ``elem_id`` or label, or its number among those of the app."""


@dataclass(frozen=True)
class Component:
    """One ``WebRTC`` of an app's page, as the app's configuration has it.

    Attributes:
        id: Gradio's number.
        props: what the page is drawn with.
    """

    id: int
    props: JsonObject

    @property
    def name(self) -> str:
        """How a person may call it."""
        return str(self.props.get("elem_id") or self.props.get("label") or "without a label")


def find_component(config: JsonObject, wanted: Wanted) -> Component:
    """Return the component of an app's configuration that is ``wanted``. Pure.

    Raises:
        StreamNotFoundError: there is none, or none says which of several; the text lists them.
    """
    listed = config.get("components")
    streams = [
        Component(int(str(each["id"])), props if isinstance(props, dict) else {})
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and each.get("type") == KIND
        for props in (each.get("props"),)
    ]
    if isinstance(wanted, int):
        found = streams[wanted : wanted + 1] if wanted >= 0 else []
    elif wanted is None:
        found = streams
    else:
        by_id = [each for each in streams if each.props.get("elem_id") == wanted]
        found = by_id or [each for each in streams if each.props.get("label") == wanted]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{number}: {each.name!r}" for number, each in enumerate(streams))
    if not streams:
        raise StreamNotFoundError("This Gradio app has no WebRTC component on its first page.")
    raise StreamNotFoundError(
        f"This Gradio app has {len(streams)} WebRTC components ({names}); pass component= with "
        f"the number, the elem_id or the label of one{_but(wanted)}."
    )


def _but(wanted: Wanted) -> str:
    return "" if wanted is None else f", and not {wanted!r}"


class GradioComponent:
    """Implements ``Signaling``.

    Args:
        server: where the app is.
        base: its address.
        config: its configuration.
        component: which of its components.
        inputs: the values of the component's other inputs; those of the page where left out.
    """

    modality: Modality | None
    mode: Mode | None

    def __init__(
        self,
        server: HttpServer,
        base: str,
        config: JsonObject,
        component: Component,
        inputs: Sequence[Json] | None = None,
    ) -> None:
        self._server = server
        self._api = joined(base, str(config.get("api_prefix") or "/gradio_api").lstrip("/") + "/")
        self._base = base
        self._component = component
        self._hash = secrets.token_urlsafe(8)
        self._events = GradioEvents(server, self._api, config, component.id, self._hash, inputs)
        modality, mode = component.props.get("modality"), component.props.get("mode")
        self.modality = modality if modality in ("audio", "video", "audio-video") else None
        self.mode = mode if mode in ("send-receive", "send", "receive") else None

    async def ask(self, body: JsonObject) -> JsonObject:
        """Call the server function for offers and candidates."""
        return await self._call("offer", body)

    async def ice_configuration(self) -> JsonObject | None:
        """Return the component's RTC configuration, made for this call where it is a function."""
        props = self._component.props
        configuration = props.get("rtc_configuration")
        if props.get("dynamic_rtc_configuration"):
            configuration = (await self._call("ice_configuration", {})).get("rtc_configuration")
        return configuration if isinstance(configuration, dict) else None

    async def start(self) -> str | None:
        """Press the button that starts the stream, where it takes one."""
        return await self._events.start() if self.mode == "receive" else None

    async def socket(self) -> SocketAddress:
        """Ask where the page's websocket is."""
        path = str((await self._call("websocket", {})).get("path"))
        url = socket_address(joined(self._base, path.lstrip("/")))
        return SocketAddress(url, self._server.socket_headers)

    async def place(self, webrtc_id: str, within_s: float) -> None:
        """Stand in the app's line."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        position: Json = None
        while loop.time() < deadline:
            answer = await self._call("wait_for_place", {"webrtc_id": webrtc_id})
            if answer.get("status") == "admitted":
                return
            position = answer.get("position")
        raise NoPlaceError(
            f"No place became free within {within_s:g} s; this call was number {position} in "
            "line. Wait longer, or raise the stream's concurrency_limit.",
            "concurrency_limit_reached",
            {"position": position},
        )

    async def connected(self, webrtc_id: str, received: Received) -> None:
        """Give the values that are asked for, and fetch additional outputs."""
        await self._events.serve(webrtc_id, received)

    async def leave(self, webrtc_id: str) -> None:
        """Give the place back."""
        await self._call("leave", {"webrtc_id": webrtc_id})

    async def set_input(self, webrtc_id: str, values: list[Json]) -> None:
        """Give the values of the other inputs as the page does when they change."""
        if not await self._events.send_inputs(webrtc_id, values):
            raise ConfigurationError("This component's stream takes no further inputs.")

    async def _call(self, name: str, body: JsonObject) -> JsonObject:
        request: JsonObject = {
            "session_hash": self._hash,
            "component_id": self._component.id,
            "fn_name": name,
            "data": {**body, "session_hash": self._hash},
        }
        return await self._server.ask(joined(self._api, "component_server/"), request)


async def read_config(server: HttpServer, base: str) -> JsonObject | None:
    """Return the configuration of the Gradio app at ``base``; ``None`` if there is none.

    Raises:
        ClientError: nothing answers, or it wants credentials.
    """
    try:
        config = await server.ask(joined(base, "config"))
    except StreamNotFoundError:
        return None
    return config if "components" in config else None
