"""Learns of a client's first ICE check, the first sign that it is there at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiortc import RTCIceTransport


def watch_checks(ice: RTCIceTransport, reached: Callable[[], None]) -> None:
    """Call ``reached`` once, when a check arrives whose user name is that of our answer.

    aioice tells of it only when a pair of candidates has succeeded, which takes longer.
    """
    connection: Any = ice._connection
    receive = connection.request_received

    def receive_and_tell(message: Any, *rest: Any) -> None:
        receive(message, *rest)
        name = message.attributes.get("USERNAME", "")
        if str(name).startswith(f"{connection.local_username}:"):
            connection.request_received = receive
            reached()

    connection.request_received = receive_and_tell
