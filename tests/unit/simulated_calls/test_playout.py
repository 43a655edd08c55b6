"""What the caller of a simulated call hears, and when marks come back."""

from __future__ import annotations

from gradio_webrtc.simulated_calls.playout import FRAME_BYTES, MAX_QUEUED, SILENCE, Playout

QUIET = SILENCE * FRAME_BYTES


def test_sound_is_played_in_order_and_then_there_is_silence() -> None:
    playout = Playout()
    playout.media(b"a" * FRAME_BYTES + b"b" * 40, 0.0)
    playout.media(b"c" * 20, 0.0)
    assert playout.play(0.0) == (b"a" * FRAME_BYTES, [])
    assert playout.play(0.02) == ((b"b" * 40 + b"c" * 20).ljust(FRAME_BYTES, SILENCE), [])
    assert playout.play(0.04) == (QUIET, [])


def test_a_mark_comes_back_when_what_was_before_it_has_been_played() -> None:
    playout = Playout()
    assert playout.mark("first") == ["first"], "nothing waits"
    playout.media(b"a" * FRAME_BYTES, 0.0)
    assert playout.mark("one") == []
    playout.media(b"b" * FRAME_BYTES, 0.0)
    assert playout.mark("two") == []
    assert playout.play(0.0) == (b"a" * FRAME_BYTES, ["one"])
    assert playout.play(0.02) == (b"b" * FRAME_BYTES, ["two"])


def test_a_clear_silences_at_once_and_gives_all_marks_back() -> None:
    playout = Playout()
    for name in ("one", "two"):
        playout.media(b"a" * FRAME_BYTES, 0.0)
        playout.mark(name)
    assert playout.clear() == ["one", "two"]
    assert playout.waiting_s == 0
    assert playout.play(0.0) == (QUIET, [])


def test_latency_is_before_each_spurt_and_not_within() -> None:
    playout = Playout(latency_s=0.1)
    playout.media(b"a" * FRAME_BYTES, 1.0)
    assert playout.play(1.08) == (QUIET, [])
    playout.media(b"b" * FRAME_BYTES, 1.09)
    assert playout.play(1.1)[0] == b"a" * FRAME_BYTES
    assert playout.play(1.12)[0] == b"b" * FRAME_BYTES


def test_what_is_queued_is_bounded() -> None:
    playout = Playout()
    playout.media(b"a" * MAX_QUEUED, 0.0)
    playout.media(b"b", 0.0)
    assert playout.dropped == 1
    assert playout.waiting_s == 60
