"""What a user's handler keeps of the connection it serves."""

from __future__ import annotations

import asyncio
from typing import Any

import av

from gradio_webrtc.handlers.args import ArgsEvent
from gradio_webrtc.handlers.protocol import Link, TextChannel

OWN_VALUE = "__webrtc_value__"
"""Stands in ``latest_args[0]`` for the value of the WebRTC component itself, which has none unless
it is a text composer."""


class HandlerSession:
    """What a handler keeps for the package, in one attribute so that user names stay free."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self.latest_args: list[Any] = []
        self.args_set = ArgsEvent()
        self.has_inputs = False
        self.may_go_without = False
        self.went_without = False
        # What a handler without a session may be given, see PublishedMembers.
        self.channel: TextChannel | None = None
        self.channel_given = ArgsEvent()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.resampler: av.AudioResampler | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> HandlerSession:
        """Start anew: a handler may be copied with ``copy.deepcopy``, a session may not."""
        return HandlerSession()
