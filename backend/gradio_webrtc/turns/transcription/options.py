"""What authors can say about transcripts of what is being said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.turns.replies.reply_function import ReplyFunction
from gradio_webrtc.turns.transcription.transcript import Transcript

OnTranscript: TypeAlias = Callable[[Transcript], Any] | Callable[[Transcript], Awaitable[Any]]
"""Is called with each transcript; sync or async, a generator or not."""

LEAST_S, MOST_S = 0.1, 10.0


@dataclass(frozen=True)
class PartialTranscripts:
    """Transcripts of a turn while somebody speaks, and the final one when they have finished.

    Attributes:
        to: a function or generator function, sync or async, that gets a ``Transcript`` whenever
            there are new words. What it returns or yields may be ``AdditionalOutputs``. Sync code
            runs on a thread of the connection's own.
        stt: the recogniser, or the name of one for ``get_stt_model``; ``None``: the best that is
            installed. Its ``stt(audio)`` may be ``async def``.
        every_s: seconds between two recognitions, 0.1 to 10. It is more where recognising takes
            long: at most a third of the time is spent on it.

    Raises:
        ConfigurationError: values that cannot work.
    """

    to: OnTranscript
    stt: STTModel | str | None = None
    every_s: float = 0.5

    def __post_init__(self) -> None:
        """Check the values."""
        function = ReplyFunction(self.to, "to", type(self).__name__)
        if not function.accepts(1):
            raise ConfigurationError(
                f"{function.name}() gets the transcript, so it needs one parameter: "
                f"def {function.name}(said): ..."
            )
        if not isinstance(self.stt, str | None) and not isinstance(self.stt, STTModel):
            raise ConfigurationError(f"stt must have stt(audio), unlike {self.stt!r}.")
        if not LEAST_S <= self.every_s <= MOST_S:
            raise ConfigurationError(
                f"every_s must be from {LEAST_S:g} to {MOST_S:g} seconds, not {self.every_s!r}."
            )


def partial_transcripts_for(
    chosen: PartialTranscripts | OnTranscript | None,
) -> PartialTranscripts | None:
    """Return the options that an author gave, or those for the function that they gave.

    Raises:
        ConfigurationError: it is no function either.
    """
    if chosen is None or isinstance(chosen, PartialTranscripts):
        return chosen
    return PartialTranscripts(chosen)
