"""The classes users subclass to have full control over audio in and out."""

from __future__ import annotations

import asyncio
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError, SessionClosedError
from gradio_webrtc.handlers.args import ArgsEvent
from gradio_webrtc.handlers.handler_session import OWN_VALUE, HandlerSession
from gradio_webrtc.handlers.protocol import Layout, Link, ReceivedAudio
from gradio_webrtc.handlers.published_members import PublishedMembers
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.audio.pcm import checked_rate


class StreamHandlerBase(PublishedMembers, ABC):
    """What ``StreamHandler`` and ``AsyncStreamHandler`` have in common.

    Args:
        expected_layout: layout of the audio ``receive`` gets, ``"mono"`` or ``"stereo"``.
        output_sample_rate: in Hz, the rate the handler means to emit at. What is emitted says its
            own rate; clients on a websocket are sent this one.
        output_frame_size: deprecated and without effect; chunks of any length may be emitted.
        input_sample_rate: in Hz, the rate of the audio ``receive`` gets.
        fps: frames per second the handler emits, if it emits video.

    Attributes:
        phone_mode: whether nobody can send the values of other inputs; ``False`` unless set.

    Raises:
        ConfigurationError: a value that cannot work.
    """

    def __init__(
        self,
        expected_layout: Layout = "mono",
        output_sample_rate: int = 24_000,
        output_frame_size: int | None = None,
        input_sample_rate: int = 48_000,
        fps: int = 30,
    ) -> None:
        if expected_layout not in ("mono", "stereo"):
            raise ConfigurationError(
                f'expected_layout must be "mono" or "stereo", not {expected_layout!r}.'
            )
        output_sample_rate = checked_rate("output_sample_rate", output_sample_rate)
        input_sample_rate = checked_rate("input_sample_rate", input_sample_rate)
        if not isinstance(fps, (int, np.integer)) or fps <= 0:
            raise ConfigurationError(f"fps must be a whole number above 0, not {fps!r}.")
        if output_frame_size is not None:
            warnings.warn(
                "output_frame_size is deprecated and has no effect: emit chunks of any length.",
                DeprecationWarning,
                stacklevel=2,
            )
        self.expected_layout = expected_layout
        self.output_sample_rate = output_sample_rate
        self.output_frame_size = output_frame_size or output_sample_rate // 50
        self.input_sample_rate = input_sample_rate
        self.fps = fps
        self.phone_mode = False
        self._webrtc = HandlerSession()

    @abstractmethod
    def copy(self) -> StreamHandlerBase:
        """Return a new handler for one connection, made as this one was."""

    @property
    def latest_args(self) -> list[Any]:
        """The current values of the inputs: ``["__webrtc_value__", first, second, ...]``.

        With ``variant="textbox"`` the first is a ``WebRTCData``: what the person submitted last.
        Empty until they arrive, see ``wait_for_args``. Each arrival makes a new list, so a list
        once read does not change while it is used.
        """
        return self._webrtc.latest_args

    @latest_args.setter
    def latest_args(self, values: list[Any]) -> None:
        self._webrtc.latest_args = values

    @property
    def args_set(self) -> ArgsEvent:
        """Set once the values of the other inputs have arrived."""
        return self._webrtc.args_set

    def set_args(self, args: Sequence[Any]) -> None:
        """Take the values of the other inputs; a ``WebRTCData`` before them is the component's own.

        Without one the last submitted stays in ``latest_args[0]``.
        """
        if not (args and isinstance(args[0], WebRTCData)):
            last = self._webrtc.latest_args[:1]
            own = last[0] if last and isinstance(last[0], WebRTCData) else OWN_VALUE
            args = [own, *args]
        self._webrtc.latest_args = list(args)
        self._webrtc.args_set.set()

    def reset(self) -> None:
        """Make the next ``wait_for_args`` wait for values newer than those already here."""
        self._webrtc.args_set.clear()

    def trigger_response(self) -> Any:
        """Begin a reply: the person submitted something, which is in ``latest_args[0]``.

        Called once for each submit, in order, the next one when this has returned; what it needs
        later it should keep, since by then ``latest_args`` may hold the next. It may be
        ``async def``.
        """

    def on_dtmf(self, digit: str) -> Any:
        """Take a key of the caller's telephone: ``0`` to ``9``, ``*``, ``#``, or ``A`` to ``D``.

        Called once for each, in order, the next one when this has returned; may be ``async def``.
        """

    def _talk(self, pressed: bool) -> None:
        """Take that the person holds a button to talk, or let go of it. On the event loop."""

    async def wait_for_args(self) -> None:
        """Ask the client for the values of the other inputs and wait until they are here.

        Returns at once when they are, and with ``phone_mode``. Afterwards they are in
        ``latest_args``, which follows the page from then on.

        Raises:
            SessionClosedError: there is no open session.
            asyncio.CancelledError: the session ended while waiting.
        """
        if not self._has_args():
            self._link.client.request_inputs()
            await self.args_set.wait()

    def wait_for_args_sync(self) -> None:
        """Do the same as ``wait_for_args`` from sync code, blocking the calling thread.

        Raises:
            SessionClosedError: there is no open session, or it ended while waiting.
            ConfigurationError: called on the event loop, which would wait for itself.
        """
        if self._has_args():
            return
        if asyncio._get_running_loop() is self._link.loop:
            raise ConfigurationError(
                "wait_for_args_sync() would stop the server when called in async code: "
                "use `await self.wait_for_args()` there."
            )
        self._link.client.request_inputs()
        self.args_set.wait_sync()

    async def send_message(self, msg: str) -> None:
        """Send the text ``msg`` to the client over the control channel, as it is.

        Raises:
            SessionClosedError: there is no open session.
            ConfigurationError: ``msg`` is not a string.
        """
        self.send_message_sync(msg)

    def send_message_sync(self, msg: str) -> None:
        """Do the same as ``send_message`` from sync code."""
        if not isinstance(msg, str):
            raise ConfigurationError(
                f"send_message() takes text, not {type(msg).__name__}: "
                "pass json.dumps(...) for anything else."
            )
        if self._webrtc.link is None and self.channel is not None:
            self.channel.send(msg)
        else:
            self._link.client.send(msg)

    def _check_inputs(self, further: int) -> None:
        """Raise ``ConfigurationError`` if that many further inputs cannot be served."""

    @property
    def _takes_inputs(self) -> bool:
        """Whether the values of other inputs are arguments of the author's function."""
        return False

    def _emitter(self) -> str:
        """Return the name of the code whose values ``emit`` returns, for errors."""
        return f"{type(self).__name__}.emit"

    def _still_wanted(self, value: Any) -> Any:
        """Return what is left of a value that ``emit`` returned some turns of the loop ago."""
        return value

    async def _end_session(self) -> None:
        """Let go of what the package holds for a session; after the user's ``shutdown``."""

    def clear_queue(self) -> None:
        """Drop the audio that was emitted and not yet played."""
        if self._webrtc.link is not None:
            self._webrtc.link.playback.clear()

    def seconds_played(self) -> float:
        """Return how many seconds of what was emitted have been played since the connection began.

        Counted where the audio leaves the server: a browser plays it 50 to 200 ms later. What was
        cleared does not count.

        Raises:
            SessionClosedError: there is no open session.
        """
        return self._link.playback.played_s

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop the session runs on.

        Raises:
            SessionClosedError: there is no open session.
        """
        return self._link.loop

    @property
    def _link(self) -> Link:
        link = self._webrtc.link
        if link is None:
            raise SessionClosedError(
                f"{type(self).__name__} has no open session: this works from start_up() to "
                "shutdown(), in the copy that serves the connection."
            )
        return link

    def _has_args(self) -> bool:
        return self.phone_mode or self.args_set.is_set()


class StreamHandler(StreamHandlerBase):
    """Audio in and audio out in plain Python.

    Every connection gets its own copy. ``receive``, ``emit``, ``start_up``, ``trigger_response``
    and ``on_dtmf`` run at the same time, each on a thread of its own, so what they share has to be
    safe for threads, as ``queue.Queue`` is.
    """

    @abstractmethod
    def receive(self, frame: ReceivedAudio) -> None:
        """Take the next audio of the person, at ``input_sample_rate`` and ``expected_layout``."""

    @abstractmethod
    def emit(self) -> Any:
        """Return the next value to send, or None when there is nothing to send now.

        Audio is ``(sample_rate, array)`` or ``(sample_rate, array, "mono" | "stereo")``, int16 or
        float32, shape ``(channels, samples)`` or ``(samples,)``. ``AdditionalOutputs``,
        ``CloseStream`` and a pair of audio and one of these are accepted too.
        """

    @abstractmethod
    def copy(self) -> StreamHandler:
        """Return a new handler for one connection, made as this one was."""

    def start_up(self) -> Any:
        """Prepare the connection; called once. It may run for as long as the session does."""

    def shutdown(self) -> Any:
        """Clean up; called once, when the session ends for whatever reason."""


class AsyncStreamHandler(StreamHandlerBase):
    """Audio in and audio out in ``async def``, on the event loop. Every connection gets a copy."""

    @abstractmethod
    async def receive(self, frame: ReceivedAudio) -> None:
        """Take the next audio of the person, at ``input_sample_rate`` and ``expected_layout``."""

    @abstractmethod
    async def emit(self) -> Any:
        """Return the next value to send, or None when there is nothing to send now.

        See :meth:`StreamHandler.emit` for what a value may be.
        """

    @abstractmethod
    def copy(self) -> AsyncStreamHandler:
        """Return a new handler for one connection, made as this one was."""

    async def wait_until_played(self) -> None:
        """Wait until all that ``emit`` has returned before has been played, or cleared.

        Raises:
            SessionClosedError: there is no open session.
        """
        await self._link.playback.drain()

    async def start_up(self) -> None:
        """Prepare the connection; called once. It may run for as long as the session does."""

    async def shutdown(self) -> None:
        """Clean up; called once, when the session ends for whatever reason."""
