"""What code can learn about the reply it makes."""

from __future__ import annotations

from contextvars import ContextVar, copy_context

import pytest

from gradio_webrtc import Reply, current_reply


class Playback:
    """Seconds that were played, as the test says."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def played(self) -> float:
        return self.seconds


def test_what_was_played_before_it_does_not_count_nor_what_is_played_after_it() -> None:
    playback = Playback(10.0)
    reply = Reply(playback.played)
    assert reply.heard_s == 0.0
    playback.seconds = 12.5
    assert reply.heard_s == 2.5
    assert not reply.ended
    reply._end()
    playback.seconds = 20.0
    assert reply.heard_s == 2.5
    assert reply.ended
    assert not reply.interrupted


def test_it_ends_once() -> None:
    playback = Playback(0.0)
    reply = Reply(playback.played)
    playback.seconds = 1.0
    reply._end(interrupted=True)
    playback.seconds = 2.0
    reply._end(interrupted=False)
    assert (reply.heard_s, reply.interrupted) == (1.0, True)


def test_less_than_nothing_is_nothing() -> None:
    playback = Playback(5.0)
    reply = Reply(playback.played)
    playback.seconds = 4.0
    assert reply.heard_s == 0.0


def test_one_that_is_speculative_counts_from_its_adoption() -> None:
    playback = Playback(3.0)
    reply = Reply(playback.played, speculative=True)
    playback.seconds = 4.0
    assert reply.speculative
    reply._adopt()
    assert not reply.speculative
    playback.seconds = 4.5
    assert reply.heard_s == 0.5


def test_it_is_current_in_its_own_context_only() -> None:
    other: ContextVar[str] = ContextVar("other")
    base = copy_context()
    base.run(other.set, "theirs")
    one, two = Reply(lambda: 0.0), Reply(lambda: 0.0)
    for reply in (one, two):
        context = reply._context(base)
        assert context.run(current_reply) is reply
        assert context[other] == "theirs"
    for context in (base, copy_context()):
        with pytest.raises(RuntimeError, match="inside a function or generator of ReplyOnPause"):
            context.run(current_reply)
