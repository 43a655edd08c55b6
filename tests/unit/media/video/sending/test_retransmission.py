"""A report of loss costs the sender no more than what was lost."""

from __future__ import annotations

from gradio_webrtc.media.video.sending.retransmission import (
    BURST,
    KEY_FRAME_INTERVAL,
    RESEND_INTERVAL,
    Retransmissions,
)

KEPT = range(1000, 1000 + BURST)


def test_what_is_there_is_sent_again_once() -> None:
    lost = Retransmissions()
    assert lost.choose([1003, 1001, 1003, 1001] * 1000, KEPT, 0.0) == ([1001, 1003], False)
    assert lost.choose([1001], KEPT, RESEND_INTERVAL / 2) == ([], False)
    assert lost.choose([1001], KEPT, RESEND_INTERVAL) == ([1001], False)


def test_what_is_lost_again_is_sent_more_and_more_rarely() -> None:
    lost, now = Retransmissions(), 0.0
    for copy in range(6):
        assert lost.choose([1001], KEPT, now) == ([1001], False)
        wait = RESEND_INTERVAL * 2**copy
        assert lost.choose([1001], KEPT, now + 0.9 * wait) == ([], False)
        now += 1.01 * wait


def test_what_is_gone_needs_a_key_frame_and_not_too_many() -> None:
    lost = Retransmissions()
    assert lost.choose([5], KEPT, 0.0) == ([], True)
    assert lost.choose([5], KEPT, KEY_FRAME_INTERVAL / 2) == ([], False)
    assert lost.choose([5, 1001], KEPT, KEY_FRAME_INTERVAL) == ([1001], True)


def test_numbers_beyond_16_bits_wrap() -> None:
    assert Retransmissions().choose([0x10001], [1], 0.0) == ([1], False)


def test_a_flood_of_reports_is_not_answered_with_one() -> None:
    lost, sent = Retransmissions(), 0
    for hundredth in range(1000):
        sent += len(lost.choose(KEPT, KEPT, hundredth / 100)[0])
    assert sent == BURST


def test_a_network_that_takes_less_than_is_sent_gets_half_as_much_again() -> None:
    """As aiortc's receivers ask: for all they miss, whenever a packet is missing."""
    lost, again, first = Retransmissions(), 0, 0
    for hundredth in range(1000):
        first += 2
        kept = range(max(0, first - BURST), first)
        again += len(lost.choose([each for each in kept if each % 2], kept, hundredth / 100)[0])
    assert 0.4 * first < again <= BURST + first / 2


def test_nobody_who_loses_a_quarter_by_chance_is_left_without() -> None:
    lost, first = Retransmissions(), 0
    for hundredth in range(1000):
        first += 4
        number, kept = first - 1, range(max(0, first - BURST), first)
        assert lost.choose([number], kept, hundredth / 100) == ([number], False)
