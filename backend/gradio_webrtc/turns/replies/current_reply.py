"""What user code can learn about the reply it is making."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context

_current: ContextVar[Reply | None] = ContextVar("gradio_webrtc_reply", default=None)


class Reply:
    """One reply of a :class:`~gradio_webrtc.turns.reply_on_pause.ReplyOnPause`. Any thread.

    What it says stays true after the reply, for code that keeps it.

    Args:
        played: returns the seconds of audio played since the connection began.
    """

    def __init__(self, played: Callable[[], float]) -> None:
        self._played = played
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
    def ended(self) -> bool:
        """Whether nothing more of it will be played."""
        return self._final_s is not None

    def _end(self, *, interrupted: bool = False) -> None:
        if self._final_s is None:
            self._final_s = self.heard_s
            self._interrupted = interrupted

    def _context(self, base: Context) -> Context:
        """Return a copy of ``base`` in which this is the current reply."""
        context = base.run(copy_context)
        context.run(_current.set, self)
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
