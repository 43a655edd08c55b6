"""What is still to be said in one connection, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from gradio_webrtc.errors import SessionClosedError, SpeechRefusedError
from gradio_webrtc.handlers.saying.speaker import Sayable
from gradio_webrtc.handlers.saying.speech_handle import (
    DropReason,
    SpeechHandle,
    SpeechResult,
    When,
)
from gradio_webrtc.speech.synthesis.tts import TTSModel

MAX_WAITING = 16
"""How many may wait to be said. More would not be heard in time by anybody."""


@dataclass(eq=False)
class Speech:
    """Something to be said.

    Attributes:
        what: as the author gave it.
        when: it may begin.
        tts: speaks texts; ``None`` for the best voice that is here.
        handle: tells its author what becomes of it.
    """

    what: Sayable
    when: When
    tts: TTSModel | None
    handle: SpeechHandle

    def drop(self, reason: DropReason) -> None:
        """Tell its author that it will not be said."""
        self.handle._settle(SpeechResult("dropped", reason=reason))


class SpeechQueue:
    """Takes from any thread; gives to the event loop. What is for now comes before the rest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Speech] = []
        self._closed = False

    def put(self, speech: Speech) -> None:
        """Take one more.

        Raises:
            SpeechRefusedError: ``MAX_WAITING`` wait already.
            SessionClosedError: the session has ended.
        """
        with self._lock:
            if self._closed:
                raise SessionClosedError("The session has ended: nothing more is said in it.")
            if len(self._waiting) >= MAX_WAITING:
                raise SpeechRefusedError(
                    f"{MAX_WAITING} wait to be said in this connection already: wait for one of "
                    "them by `await handle` or handle.result(), or cancel() some."
                )
            self._waiting.append(speech)

    def next(self, *, quiet: bool, may_interrupt: bool) -> Speech | None:
        """Take out what may be said at this moment, if anything may.

        Args:
            quiet: whether nobody speaks and nothing is replied.
            may_interrupt: whether a reply that goes on may be interrupted; true if none does.
        """
        with self._lock:
            urgent = [speech for speech in self._waiting if speech.when == "now"]
            if not (urgent and may_interrupt) and not (quiet and self._waiting):
                return None
            chosen = urgent[0] if urgent else self._waiting[0]
            self._waiting.remove(chosen)
            return chosen

    def person_spoke(self) -> None:
        """Drop what was only to be said before they spoke."""
        self._drop(lambda speech: speech.when == "unless_spoken", "spoken_first")

    def cancel(self, handle: SpeechHandle) -> None:
        """Drop one, if it still waits."""
        self._drop(lambda speech: speech.handle is handle, "cancelled")

    def close(self) -> None:
        """Drop everything, and take nothing more. Idempotent."""
        with self._lock:
            self._closed = True
        self._drop(lambda _: True, "session_ended")

    def _drop(self, which: Callable[[Speech], bool], reason: DropReason) -> None:
        with self._lock:
            dropped = [speech for speech in self._waiting if which(speech)]
            self._waiting = [speech for speech in self._waiting if not which(speech)]
        for speech in dropped:
            speech.drop(reason)
