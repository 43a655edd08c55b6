"""What a person submits beside the stream, by a composer or by the keys of a telephone.

Checked, kept in order, and served one at a time.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue
from gradio_webrtc.errors import InvalidSubmissionError
from gradio_webrtc.handlers.protocol import Handler
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.json_values import Json
from gradio_webrtc.session import messages
from gradio_webrtc.session.ids import check_id

logger = logging.getLogger(__name__)

MAX_TEXT = 32_768
"""Most characters of one submitted text: some ten pages."""

MAX_WAITING = 32
"""Submits and keys that may wait for a handler whose ``trigger_response`` takes its time."""

MAX_SPEECH_S = 60.0
"""How much of what the person said is kept for the next submit."""


def parse_submission(payload: Json) -> WebRTCData | None:
    """Return what a page or API client sent as the component's value; ``None`` before any.

    Args:
        payload: ``{"webrtc_id", "textbox", "number"}``, the last two optional, or the id alone.

    Raises:
        InvalidSubmissionError: it is neither, or the text is longer than ``MAX_TEXT``.
        InvalidIdError: the id is malformed.
    """
    if payload is None:
        return None
    body = {"webrtc_id": payload} if isinstance(payload, str) else payload
    if not isinstance(body, Mapping):
        raise InvalidSubmissionError('A value must be {"webrtc_id": ..., "textbox": ...}.')
    text, number = body.get("textbox", ""), body.get("number")
    if not isinstance(text, str):
        raise InvalidSubmissionError("textbox must be text.")
    if len(text) > MAX_TEXT:
        raise InvalidSubmissionError(
            f"The text has {len(text)} characters; at most {MAX_TEXT} are accepted."
        )
    if number is not None and (type(number) is not int or not 0 < number < 2**53):
        raise InvalidSubmissionError("number must be a whole number from 1 on.")
    return WebRTCData(check_id(body.get("webrtc_id")), text, number=number)


class Submissions:
    """One session's submits, and keys of a telephone. Belongs to the event loop.

    Args:
        handler: what gets them.
        send: puts a control message on the wire.
        own: for a page with a text composer, its value before anything is submitted. The handler
            then always gets a ``WebRTCData`` before the values of the other inputs, and what the
            person says is kept for the next submit.

    Attributes:
        queue: the submits and keys that wait for the handler. Closing it means that no more are
            taken.
        dropped: how many were refused because too many waited.
    """

    def __init__(
        self, handler: Handler, send: Callable[[str], None], own: WebRTCData | None = None
    ) -> None:
        self.dropped = 0
        self._handler = handler
        self._send = send
        self._own = own
        self.queue: DropOldestQueue[list[Any] | str] = DropOldestQueue(MAX_WAITING)
        self._newer_args: Sequence[Any] | None = None
        self._speech = Speech(MAX_SPEECH_S)
        self._last_number = 0

    def hear(self, sample_rate: int, samples: NDArray[np.int16]) -> None:
        """Keep what the person said: ``int16`` of shape ``(channels, samples)``."""
        if self._own is not None:
            self._speech.append(sample_rate, samples)

    def take(self, values: Sequence[Any]) -> None:
        """Take the values of the other inputs, with a ``WebRTCData`` before them when submitted.

        The handler gets the values at once, a submit in its turn. A submit that has a number is
        acknowledged once it is taken, and taken once.
        """
        if not (values and isinstance(values[0], WebRTCData)):
            return self._set_args(values)
        data, args = values[0], values[1:]
        again = data.number is not None and data.number <= self._last_number
        taken = again or self._put(data, args)
        if taken and data.number is not None:
            self._send(messages.encode(messages.submitted(data.number)))
        if again:
            self._set_args(args)

    def press(self, digit: str) -> None:
        """Take a key of a telephone."""
        if self._has_room("a key"):
            self.queue.put(digit)

    def _has_room(self, what: str) -> bool:
        if self.queue.closed:
            return False
        if len(self.queue) >= MAX_WAITING:
            self.dropped += 1
            if self.dropped == 1:
                text = "%s was refused: %d wait for trigger_response() or on_dtmf()"
                logger.warning(text, what, MAX_WAITING)
            return False
        return True

    def _put(self, data: WebRTCData, args: Sequence[Any]) -> bool:
        if not self._has_room("a submit"):
            return False
        self._last_number = data.number or self._last_number
        self._newer_args = None
        if data.audio is None:
            data = data.model_copy(update={"audio": self._speech.take()})
        self.queue.put([data, *args])
        return True

    def _set_args(self, args: Sequence[Any]) -> None:
        if len(self.queue):
            # Newer than those of the submits that wait, and to be used again after these.
            self._newer_args = args
        self._handler.set_args(args if self._own is None else [self._own, *args])

    async def serve(self) -> None:
        """Hand each to the handler, the next one when it is done with the one before."""
        async for values in self.queue:
            if isinstance(values, str):
                await self._handler.press(values)
                continue
            if self._own is not None:
                self._own = values[0]
            await self._handler.submit(values)
            newer = self._newer_args
            if newer is not None and not len(self.queue):
                self._newer_args = None
                self._set_args(newer)


class Speech:
    """The last seconds of audio.

    Args:
        seconds: how much is kept; older audio is dropped.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._rate = 0
        self._held = 0
        self._parts: deque[NDArray[np.int16]] = deque()

    def append(self, sample_rate: int, samples: NDArray[np.int16]) -> None:
        """Add ``int16`` audio of shape ``(channels, samples)``; stereo becomes mono."""
        if samples.shape[0] > 1:
            samples = samples.mean(axis=0, keepdims=True, dtype=np.float32).astype(np.int16)
        self._rate = sample_rate
        self._parts.append(samples)
        self._held += samples.shape[1]
        while self._held - self._parts[0].shape[1] >= self._seconds * sample_rate:
            self._held -= self._parts.popleft().shape[1]

    def take(self) -> tuple[int, NDArray[np.int16]] | None:
        """Return and forget the audio as ``(sample_rate, (1, samples))``, ``None`` without any."""
        if not self._parts:
            return None
        sound = np.concatenate(self._parts, axis=1)[:, -round(self._seconds * self._rate) :]
        self._parts.clear()
        self._held = 0
        return self._rate, sound
