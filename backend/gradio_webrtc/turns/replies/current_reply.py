"""What user code can learn about the reply it is making."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextvars import Context, ContextVar, copy_context

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.speech_notes import Saying, speech_notes
from gradio_webrtc.turns.replies.spoken_text import SpokenText

logger = logging.getLogger(__name__)

MOST_MARKS = 32
LONGEST_NAME = 64
"""Characters of a mark's name."""

_current: ContextVar[Reply | None] = ContextVar("gradio_webrtc_reply", default=None)


class Reply:
    """One reply of a :class:`~gradio_webrtc.turns.reply_on_pause.ReplyOnPause`. Any thread.

    What it says stays true after the reply, for code that keeps it.

    Args:
        played: returns the seconds of audio played since the connection began.
        clock: the time in seconds, on any thread.
        queued: returns the seconds of audio that wait to be played.
        delay: returns how many seconds later than it is sent the person's side plays audio.
        speculative: whether it is begun before it is known that the turn has ended.
    """

    def __init__(
        self,
        played: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        queued: Callable[[], float] = lambda: 0.0,
        delay: Callable[[], float] = lambda: 0.0,
        *,
        speculative: bool = False,
    ) -> None:
        self._played = played
        self._queued = queued
        self._delay = delay
        self._unheard_s = 0.0
        """How much of what was sent last the person's side dropped."""
        self._whole = False
        self._spoken = SpokenText(self._handed_over)
        self._clock = clock
        self._speculative = speculative
        self._marks: dict[str, float] = {}
        self._before = played()
        self._final_s: float | None = None
        self._interrupted = False

    @property
    def heard_s(self) -> float:
        """Seconds of this reply that were played to the person.

        Counted where the audio leaves the server: a browser plays it 50 to 200 ms later.
        """
        if self._final_s is not None:
            return self._final_s
        return max(0.0, self._played() - self._before)

    @property
    def interrupted(self) -> bool:
        """Whether the reply was cut off because somebody spoke into it or asked for another one."""
        return self._interrupted

    @property
    def speculative(self) -> bool:
        """Whether it was begun during a pause that may not be the end of the turn.

        ``False`` from the moment the turn has ended and the reply is played. If the person goes on
        instead, the reply is forgotten and this stays ``True``; ``heard_s`` is 0 then, and
        ``interrupted`` true.
        """
        return self._speculative

    @property
    def ended(self) -> bool:
        """Whether nothing more of it will be played."""
        return self._final_s is not None

    @property
    def marks(self) -> Mapping[str, float]:
        """When the reply was how far, by name: of its event loop's clock, in seconds."""
        return self._marks.copy()

    def mark(self, name: str) -> None:
        """Note that the reply is so far now, for the ``TurnTimings`` of its turn.

        The first time counts. ``"transcribed"`` and ``"first_token"`` say what engines of other
        packages do; any other name is the author's. After the reply nothing is noted.

        Args:
            name: 1 to 64 characters; a reply has 32 names, further ones are ignored.

        Raises:
            ConfigurationError: it is no such name.
        """
        if not (isinstance(name, str) and 0 < len(name) <= LONGEST_NAME):
            raise ConfigurationError(
                f"mark() takes a name of 1 to {LONGEST_NAME} characters, not {name!r:.100}."
            )
        if name in self._marks or self.ended:
            return
        if len(self._marks) >= MOST_MARKS:
            logger.warning("mark(%r) was ignored: the reply has %d marks", name, MOST_MARKS)
            return
        self._marks[name] = self._clock()

    @property
    def text(self) -> str:
        """All that the reply has given to a voice, or to ``speaking``, so far."""
        return self._spoken.all_text

    @property
    def heard_text(self) -> str:
        """What the person has heard of ``text``, in whole words.

        All of it when the reply was played to its end. Otherwise by how long the pieces that a
        voice speaks take, and within a piece by how long its words are.
        """
        if self._whole:
            return self._spoken.all_text
        return self._spoken.heard(max(0.0, self.heard_s - self._unheard_s))

    def speaking(self, text: str, seconds: float | None = None) -> None:
        """Note that the audio yielded next speaks ``text``: for voices of other packages.

        Args:
            text: the words, until the next call, or the end of the reply.
            seconds: how long they take, if that is known. Otherwise it is seen when they are over;
                while they are spoken, it is judged by their number.

        Raises:
            ConfigurationError: ``text`` is no text.
        """
        if not isinstance(text, str):
            raise ConfigurationError(f"speaking() takes a text, not {type(text).__name__}.")
        self.mark("first_token")
        self._spoken.speaks(text, seconds)

    def recognised(self) -> None:
        """An engine has recognised something: what was said, most likely."""
        self.mark("transcribed")

    def _handed_over(self) -> float:
        """Return the seconds of its audio that were handed over to be played."""
        return 0.0 if self._speculative else self.heard_s + self._queued()

    def _adopt(self) -> None:
        """The turn has ended: from here on it is played."""
        self._speculative = False
        self._before = self._played()

    def says(self, text: str) -> Saying:
        """A voice speaks ``text`` piece by piece."""
        self.mark("first_token")
        return self._spoken.says(text)

    def _all_given(self) -> None:
        """All audio of it has been handed over to be played."""
        self._spoken.finish()

    def _end(self, *, interrupted: bool = False, whole: bool = False) -> None:
        """Nothing more will be played of it; ``whole``: all of it was."""
        if self._final_s is not None:
            return
        self._spoken.close()
        if interrupted and self._queued() > 0:
            self._unheard_s = self._delay()
        self._final_s = self.heard_s
        self._interrupted = interrupted
        self._whole = whole

    def _context(self, base: Context) -> Context:
        """Return a copy of ``base`` in which this is the current reply."""
        context = base.run(copy_context)
        context.run(_current.set, self)
        context.run(speech_notes.set, self)
        return context


def current_reply() -> Reply:
    """Return the reply that the running code makes: in a function or generator of ``ReplyOnPause``.

    It works in all that function calls, sync and async, in its ``finally`` blocks too: there
    ``current_reply().heard_s`` tells how much the person heard.

    Raises:
        RuntimeError: called anywhere else.
    """
    reply = _current.get()
    if reply is None:
        raise RuntimeError(
            "current_reply() works inside a function or generator of ReplyOnPause only; "
            "nothing is being replied here."
        )
    return reply
