"""A report of loss costs the sender no more than what was lost."""

from __future__ import annotations

from gradio_webrtc.media.video.retransmission import (
    BURST,
    KEY_FRAME_INTERVAL,
    RATE,
    RESEND_INTERVAL,
    Retransmissions,
)

KEPT = range(1000, 1000 + BURST)


def test_what_is_there_is_sent_again_once() -> None:
    lost = Retransmissions()
    assert lost.choose([1003, 1001, 1003, 1001] * 1000, KEPT, 0.0) == ([1001, 1003], False)
    assert lost.choose([1001], KEPT, RESEND_INTERVAL / 2) == ([], False)
    assert lost.choose([1001], KEPT, RESEND_INTERVAL) == ([1001], False)


def test_what_is_gone_needs_a_key_frame_and_not_too_many() -> None:
    lost = Retransmissions()
    assert lost.choose([5], KEPT, 0.0) == ([], True)
    assert lost.choose([5], KEPT, KEY_FRAME_INTERVAL / 2) == ([], False)
    assert lost.choose([5, 1001], KEPT, KEY_FRAME_INTERVAL) == ([1001], True)


def test_numbers_beyond_16_bits_wrap() -> None:
    assert Retransmissions().choose([0x10001], [1], 0.0) == ([1], False)


def test_a_flood_of_reports_is_not_answered_with_one() -> None:
    lost, sent, now = Retransmissions(), 0, 0.0
    while now < 10:
        sent += len(lost.choose(KEPT, KEPT, now)[0])
        now += 0.01
    assert BURST <= sent <= BURST + 10 * RATE + 1
