"""What code on a worker of an executor learns about the reply it is making."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradio_webrtc.handlers.executors.surroundings import News, Post, Surrounding
from gradio_webrtc.json_values import Json
from gradio_webrtc.speech.speech_notes import Saying, speech_notes
from gradio_webrtc.turns.replies.current_reply import Reply, _current


class RemoteReply(Reply):
    """A reply as of the last step of its generator; what is noted of it travels with the values.

    Args:
        state: what ``news_of`` returned.
        post: sends messages to the server.
    """

    def __init__(self, state: Mapping[str, Any], post: Post) -> None:
        super().__init__(lambda: 0.0, speculative=state["speculative"])
        self._post = post
        self._state = state

    def take(self, news: Json) -> None:
        """Learn how far it is."""
        if isinstance(news, Mapping):
            self._state = news
            self._speculative = bool(news["speculative"])
            self._interrupted = bool(news["interrupted"])

    @property
    def heard_s(self) -> float:
        """Seconds of this reply that had been played to the person when this step was asked for."""
        return float(self._state["heard_s"])

    @property
    def ended(self) -> bool:
        """Whether nothing more of it will be played."""
        return bool(self._state["ended"])

    @property
    def text(self) -> str:
        """All that the reply had given to a voice when this step was asked for."""
        return str(self._state["text"])

    @property
    def heard_text(self) -> str:
        """What the person had heard of it then."""
        return str(self._state["heard_text"])

    def mark(self, name: str) -> None:
        """Note that the reply is so far; the time is that at which the next value is taken."""
        super().mark(name)
        self._post("mark", name)

    def speaking(self, text: str, seconds: float | None = None) -> None:
        """Note that the audio yielded next speaks ``text``."""
        super().speaking(text, seconds)
        self._post("speaking", text, seconds)

    def says(self, text: str) -> Saying:
        """A voice speaks ``text`` piece by piece."""
        self._post("says", text)
        return _RemoteSaying(self._post)


class _RemoteSaying:
    def __init__(self, post: Post) -> None:
        self._post = post

    def piece(self, words: str) -> None:
        self._post("piece", words)

    def sound(self, seconds: float) -> None:
        self._post("sound", seconds)

    def done(self) -> None:
        self._post("done")


def restore_reply(state: Mapping[str, Any], post: Post) -> News:
    """Make the calling code, on a worker, that of a reply."""
    reply = RemoteReply(state, post)
    _current.set(reply)
    speech_notes.set(reply)
    return reply.take


def news_of(reply: Reply) -> dict[str, Json]:
    """Return how far a reply is."""
    return {
        "heard_s": reply.heard_s,
        "ended": reply.ended,
        "interrupted": reply.interrupted,
        "speculative": reply.speculative,
        "text": reply.text,
        "heard_text": reply.heard_text,
    }


def carry_reply() -> Surrounding | None:
    """Return the reply of the calling code, for a call on an executor."""
    reply = _current.get()
    if reply is None:
        return None
    saying: list[Saying] = []

    def receive(name: str, *values: Any) -> None:
        if name == "mark":
            reply.mark(*values)
        elif name == "speaking":
            reply.speaking(*values)
        elif name == "says":
            saying[:] = [reply.says(*values)]
        elif name == "piece":
            saying[0].piece(*values)
        elif name == "sound":
            saying[0].sound(*values)
        elif name == "done":
            saying[0].done()

    return Surrounding(restore_reply, news_of(reply), receive, lambda: news_of(reply))
