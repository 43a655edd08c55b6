"""A handler whose connection can be spoken into at any time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeAlias

from gradio_webrtc.errors import ConfigurationError, SessionClosedError
from gradio_webrtc.handlers.emitted import AudioEmitType
from gradio_webrtc.handlers.saying.speech_handle import SpeechHandle, When
from gradio_webrtc.media.decoding.encoded_input import EncodedValue, FileSource
from gradio_webrtc.speech.synthesis.tts import TTSModel

Said: TypeAlias = (
    "AudioEmitType | EncodedValue | FileSource | Iterator[object] | AsyncIterator[object]"
)
"""A text, audio, something encoded, what goes beside it, or an iterator of what replies yield."""

Sayable: TypeAlias = "Said | Callable[[], Said | Awaitable[Said]]"
"""The same, or a function that makes it."""


class Speaker(ABC):
    """What can say something of its own accord: the copy of a ``ReplyOnPause``."""

    @abstractmethod
    def _say(self, what: Sayable, when: When, tts: TTSModel | None) -> SpeechHandle:
        """Have something said; see ``ReplyOnPause.say``, which authors may have replaced."""


def speaker_of(user_code: object) -> Speaker:
    """Return what serves a session, if it can say something.

    Args:
        user_code: the handler's copy, or the author's function; ``None`` before there is one.

    Raises:
        SessionClosedError: there is none: the session is not open yet, or over.
        ConfigurationError: it takes no turns.
    """
    if user_code is None:
        raise SessionClosedError("say() needs an open session; this one is not yet, or no more.")
    if not isinstance(user_code, Speaker):
        name = getattr(user_code, "__qualname__", type(user_code).__qualname__)
        raise ConfigurationError(
            "say() works with ReplyOnPause and its subclasses, which know whose turn it is, and "
            f"{name} is none of them. Let its own code return what is to be heard."
        )
    return user_code
