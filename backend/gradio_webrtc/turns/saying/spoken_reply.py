"""A reply to nobody: what an app wants said, as replies are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextvars import Context
from typing import Any

from gradio_webrtc.errors import ConfigurationError, MediaFormatError
from gradio_webrtc.handlers.emission_parser import EmissionParser
from gradio_webrtc.handlers.invoke import iterate
from gradio_webrtc.handlers.saying.speaker import Said, Sayable
from gradio_webrtc.speech.registry import get_tts_model
from gradio_webrtc.speech.synthesis.tts import Speech, TTSModel
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.replies.reply_function import ReplyFunction
from gradio_webrtc.turns.replies.running_reply import RunningReply


class SpokenReply(RunningReply):
    """Says what ``fn`` returns, a text too, or what it yields.

    Args:
        fn: the author's function, or one that returns what the author gave.
        arguments, name, reply, context: as for any reply.
        tts: speaks a text; ``None`` for the best voice that is here, loaded when it is needed.
        failed: called with what the author's code or the voice raised.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        arguments: Callable[[], Awaitable[Sequence[Any]]],
        name: str,
        reply: Reply,
        context: Context,
        *,
        tts: TTSModel | None,
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(fn, arguments, name, reply, context)
        self._tts = tts
        self._failed = failed

    async def take(self) -> Any:
        """Wait for the next value; what goes wrong is told to whoever asked for it as well."""
        try:
            return await super().take()
        except StopAsyncIteration:
            raise
        except Exception as error:
            self._failed(error)
            raise

    async def _open(self) -> None:
        await super()._open()
        if isinstance(self._single, str) and not self._closed:
            text, self._single = self._single, None
            self._steps = iterate(_spoken(text, self._tts), self._worker)


def saying_function(what: Sayable) -> ReplyFunction:
    """Return the function that says ``what``."""
    if callable(what):
        return ReplyFunction(what, "what", "say")
    return ReplyFunction(_Given(what), "what", "say")


def check_sayable(what: Sayable, tts: TTSModel | None = None) -> None:
    """Raise if ``what`` is nothing that can be said, as far as that is known without running it.

    Raises:
        ConfigurationError: it is of a type that is nothing to be heard, or ``tts`` is no voice.
        MediaFormatError: it is audio with something wrong about it.
    """
    if tts is not None and not isinstance(tts, TTSModel):
        raise ConfigurationError(
            f"tts must be a voice such as get_tts_model() returns, not {tts!r}."
        )
    if callable(what):
        if not saying_function(what).accepts(0):
            raise ConfigurationError(
                f"say() calls the function without arguments; {what!r} needs some: bind them by "
                "functools.partial."
            )
        return
    if isinstance(what, str):
        return
    if isinstance(what, Iterator) or hasattr(what, "__anext__"):
        return
    try:
        emission = EmissionParser("say()", ("audio",)).parse(what)
    except MediaFormatError:
        if isinstance(what, tuple):
            raise  # it says what is wrong with the audio
        emission = None
    if emission is None or not any(
        (emission.audio, emission.encoded, emission.outputs, emission.close)
    ):
        raise ConfigurationError(
            "say() takes a text, audio (sample_rate, array), something encoded, AdditionalOutputs, "
            f"a generator, or a function that makes one of these, not {type(what).__name__}."
        )


class _Given:
    """A function that returns what the author gave, once: a generator cannot be run twice."""

    def __init__(self, what: Said) -> None:
        self.__qualname__ = "say"
        self._what = what

    async def __call__(self) -> Said:
        return self._what


def _spoken(text: str, tts: TTSModel | None) -> Iterator[Speech]:
    """Yield ``text`` spoken; on the reply's thread, where a voice may take its time to load."""
    yield from (get_tts_model() if tts is None else tts).stream_tts_sync(text)
