"""Speaking up when nobody does."""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.emitted import CloseStream
from gradio_webrtc.handlers.saying.speaker import Said, Sayable
from gradio_webrtc.speech.synthesis.tts import TTSModel
from gradio_webrtc.turns.replies.reply_function import ReplyFunction
from gradio_webrtc.turns.saying.spoken_reply import check_sayable

MOST_S = 24 * 3600.0
"""The longest silence that can be waited for."""

PromptFunction: TypeAlias = "Callable[[int], Said | Awaitable[Said]]"
"""Gets how often it prompts, from 1 on, since the person spoke last."""


@dataclass
class IdlePrompt:
    """What is said after a silence: nobody spoke, and nothing was played.

    Attributes:
        after_s: seconds of silence after which it is said, and after which it is said again.
        what: a text, audio or anything else that ``say()`` takes; a function is called with how
            often it prompts since the person spoke last, from 1 on, and returns or yields it.
        most: how often it is said until the person speaks, or submits something.
        hang_up: whether the session ends when there is silence for ``after_s`` after the last one;
            a text is shown to the person then.
        tts: speaks texts; ``None`` for the best voice that is here.

    Raises:
        ConfigurationError: values that cannot work.
    """

    after_s: float = 8.0
    what: Said | PromptFunction = "Are you there?"
    most: int = 2
    hang_up: bool | str = False
    tts: TTSModel | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        after = self.after_s
        number = isinstance(after, int | float) and not isinstance(after, bool)
        if not (number and math.isfinite(after) and 0 < after <= MOST_S):
            raise ConfigurationError(
                f"after_s must be above 0 and at most {MOST_S:g} seconds, not {after!r}."
            )
        if isinstance(self.most, bool) or not isinstance(self.most, int) or self.most < 1:
            raise ConfigurationError(f"most must be a whole number from 1 on, not {self.most!r}.")
        if not isinstance(self.hang_up, bool | str):
            raise ConfigurationError(f"hang_up must be a bool or a text, not {self.hang_up!r}.")
        if callable(self.what):
            if not ReplyFunction(self.what, "what", "IdlePrompt").accepts(1):
                raise ConfigurationError(
                    "IdlePrompt(what=...) calls the function with one value, how often it prompts."
                )
        else:
            if hasattr(self.what, "__next__") or hasattr(self.what, "__anext__"):
                raise ConfigurationError(
                    "IdlePrompt(what=...) got a generator, which can be run once only: pass the "
                    "generator function, with a parameter for how often it prompts."
                )
            check_sayable(self.what, self.tts)

    def words(self, count: int) -> Sayable:
        """Return what is said the ``count``-th time."""
        return functools.partial(self.what, count) if callable(self.what) else self.what

    @property
    def goodbye(self) -> CloseStream:
        """What ends the session."""
        return CloseStream(self.hang_up if isinstance(self.hang_up, str) else "Nobody answered.")


class IdleClock:
    """Counts the silence of one connection, by one timer. Belongs to the event loop.

    Args:
        prompt: what is said.
        say: has something said now, if it is still silent.
    """

    def __init__(self, prompt: IdlePrompt, say: Callable[[Sayable], None]) -> None:
        self._prompt = prompt
        self._say = say
        self._prompted = 0
        self._timer: asyncio.TimerHandle | None = None

    def disturbed(self) -> None:
        """It is silent no longer, or anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def heard(self) -> None:
        """The person spoke: the count starts over."""
        self._prompted = 0

    def silent(self) -> None:
        """Nobody speaks and nothing is said, since now or already."""
        times = self._prompt.most + (self._prompt.hang_up is not False)
        if self._timer is None and self._prompted < times:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._prompt.after_s, self._fire)

    def _fire(self) -> None:
        self._timer = None
        self._prompted += 1
        last = self._prompted > self._prompt.most
        self._say(self._prompt.goodbye if last else self._prompt.words(self._prompted))
