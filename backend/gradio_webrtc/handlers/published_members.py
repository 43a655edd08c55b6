"""Members of stream handlers that published code uses, and new code has no need of."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import av

from gradio_webrtc.handlers.args import ArgsEvent
from gradio_webrtc.handlers.handler_session import HandlerSession
from gradio_webrtc.handlers.protocol import Layout, TextChannel


class PublishedMembers:
    """A part of ``StreamHandlerBase``.

    Outside of a session a handler may be given a channel and a loop, as unit tests of handlers and
    apps with transports of their own do.
    """

    _webrtc: HandlerSession
    expected_layout: Layout
    input_sample_rate: int

    @property
    def channel(self) -> TextChannel | None:
        """The control channel, with ``send(text)``; ``None`` outside of a session."""
        link = self._webrtc.link
        return self._webrtc.channel if link is None else link.client

    @property
    def channel_set(self) -> ArgsEvent:
        """Set once there is a channel: from ``start_up`` on."""
        return self._webrtc.channel_given

    def set_channel(self, channel: TextChannel) -> None:
        """Take the control channel. A session calls this before ``start_up``."""
        self._webrtc.channel = channel
        self._webrtc.channel_given.set()

    def shutdown(self) -> Any:
        """Clean up; called once, when the session ends for whatever reason."""

    async def fetch_args(self) -> None:
        """Ask the client for the values of the other inputs, without waiting for them."""
        if self._webrtc.link is not None:
            self._webrtc.link.client.request_inputs()

    def resample(self, frame: av.AudioFrame) -> Generator[av.AudioFrame, None, None]:
        """Yield ``frame`` as 16-bit audio at ``input_sample_rate`` and ``expected_layout``.

        Frames have to be those of one recording, in order. ``receive`` gets such audio anyway.
        """
        if self._webrtc.resampler is None:
            self._webrtc.resampler = av.AudioResampler(
                format="s16",
                layout=self.expected_layout,
                rate=self.input_sample_rate,
                frame_size=frame.samples,
            )
        yield from self._webrtc.resampler.resample(frame)

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        link = self._webrtc.link
        loop = self._webrtc.loop if link is None else link.loop
        if loop is None:
            raise AttributeError(f"{type(self).__name__} has no session, and no loop.")
        return loop

    @_loop.setter
    def _loop(self, loop: asyncio.AbstractEventLoop) -> None:
        self._webrtc.loop = loop
