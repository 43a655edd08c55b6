"""A key frame does not fill the queue of a narrow network."""

from __future__ import annotations

import itertools

import pytest

from gradio_webrtc.media.video.sending.packet_pacing import BURST_SECONDS, FASTER, PacketPacing

BITRATE = 300_000
PACKET = 1200


def sent(sizes: list[int], bitrate: int | None, pacing: PacketPacing, start: float) -> list[float]:
    """Return when each packet goes that could go at ``start``."""
    now, at = start, []
    for size in sizes:
        now += pacing.wait(bitrate, now) or 0.0
        pacing.sent(size)
        at.append(now)
    return at


def test_where_nothing_is_narrow_all_goes_at_once() -> None:
    assert sent([PACKET] * 50, None, PacketPacing(), 1.0) == [1.0] * 50


def test_a_picture_of_the_usual_size_goes_at_once() -> None:
    pacing = PacketPacing()
    size = BITRATE // 8 // 20
    for start in (1.0, 1.05, 1.1, 1.15):
        assert sent([size // 2, size - size // 2], BITRATE, pacing, start) == [start] * 2


def test_a_key_frame_takes_as_long_as_its_bits_do_and_what_follows_waits_no_longer() -> None:
    pacing = PacketPacing()
    at = sent([PACKET] * 17, BITRATE, pacing, 1.0)
    bits = 8 * PACKET * 16
    assert at[-1] - 1.0 == pytest.approx((bits / BITRATE - BURST_SECONDS) / FASTER)
    between = [later - before for before, later in itertools.pairwise(at[4:])]
    assert between == pytest.approx([8 * PACKET / BITRATE / FASTER] * len(between))
    rested = at[-1] + BURST_SECONDS
    assert sent([PACKET], BITRATE, pacing, rested) == [rested]


def test_copies_of_packets_are_counted_and_wait_for_nothing() -> None:
    pacing = PacketPacing()
    for _ in range(17):
        pacing.sent(PACKET)
    assert pacing.wait(BITRATE, 0.0) > 0.2


def test_what_went_while_there_was_room_is_not_held_against_it() -> None:
    pacing = PacketPacing()
    sent([PACKET] * 1000, None, pacing, 1.0)
    assert sent([PACKET], BITRATE, pacing, 1.0) == [1.0]
    assert sent([PACKET] * 17, BITRATE, pacing, 2.0)[-1] > 2.1


def test_a_clock_that_goes_back_owes_nothing_more() -> None:
    pacing = PacketPacing()
    at = sent([PACKET] * 17, BITRATE, pacing, 100.0)
    assert pacing.wait(BITRATE, 50.0) <= at[-1] - 100.0
