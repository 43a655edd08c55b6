"""What was recognised a moment ago, so that the same utterance costs once however many ask.

What goes by words when a turn ends, a reply that is tried before it is due, and the author's own
function recognise the same audio within a second, on threads of their own.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.speech_notes import note_recognised

T = TypeVar("T")
"""A text, with whatever else a recogniser says of it."""

MOST = 64
"""Texts of seconds each; enough for dozens of people who speak at once."""


class RecentTranscripts(Generic[T]):
    """The texts of the last few utterances, by their content. Thread-safe; keeps no audio."""

    def __init__(self, most: int = MOST) -> None:
        """Keep the ``most`` texts that were asked for last."""
        self._most = most
        self._lock = threading.Lock()
        self._texts: OrderedDict[bytes, Future[T]] = OrderedDict()

    def text_of(self, samples: Int16Array, recognise: Callable[[], T]) -> T:
        """Return the text of ``samples``: the one that is known, else what ``recognise`` returns.

        Whoever asks for audio that is being recognised waits for that. A failure is told to all who
        wait for it, and is not kept: the next caller tries again.

        Args:
            samples: int16 of shape ``(n,)``, at the one rate that the recogniser takes.
            recognise: recognises them; called on this thread.

        Raises:
            Exception: what ``recognise`` raises, here or for the caller that is waited for.
        """
        text = self._text_of(samples, recognise)
        note_recognised()
        return text

    def _text_of(self, samples: Int16Array, recognise: Callable[[], T]) -> T:
        key = hashlib.blake2b(np.ascontiguousarray(samples).data, digest_size=16).digest()
        mine: Future[T] = Future()
        try:
            while (known := self._known(key, mine)) is not mine:
                with contextlib.suppress(_Abandoned):
                    return known.result()
            text = recognise()
        except BaseException as error:
            # Around all of it: a thread can be interrupted at any line, and nobody may be left
            # waiting for it.
            self._forget(key, mine)
            mine.set_exception(error if isinstance(error, Exception) else _Abandoned())
            raise
        mine.set_result(text)
        return text

    def _known(self, key: bytes, mine: Future[T]) -> Future[T]:
        with self._lock:
            known = self._texts.setdefault(key, mine)
            self._texts.move_to_end(key)
            if len(self._texts) > self._most:
                self._texts.popitem(last=False)
            return known

    def _forget(self, key: bytes, mine: Future[T]) -> None:
        with self._lock:
            if self._texts.get(key) is mine:
                del self._texts[key]


class _Abandoned(Exception):
    """Whoever recognised was interrupted, which says nothing about the audio."""
