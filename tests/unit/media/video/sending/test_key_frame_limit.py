"""Key frames do not pile up in front of a narrow network."""

from __future__ import annotations

from gradio_webrtc.media.video.sending.key_frame_limit import LEAST_SECONDS, TIMES, KeyFrameLimit

BITRATE = 300_000
SIZE = 11_250
"""Bytes: 0.3 s of that bitrate."""


def test_where_there_is_room_each_request_counts() -> None:
    limit = KeyFrameLimit()
    for now in (0.0, 0.05, 0.1):
        assert not limit.due(False, None, now)
        assert limit.due(True, None, now)
        limit.made(SIZE, now)


def test_on_a_narrow_one_the_next_waits_until_the_last_can_be_there_and_is_not_forgotten() -> None:
    limit = KeyFrameLimit()
    assert limit.due(True, BITRATE, 0.0)
    limit.made(SIZE, 0.0)
    pause = TIMES * 8 * SIZE / BITRATE
    assert pause > LEAST_SECONDS
    assert not limit.due(True, BITRATE, pause / 2)
    assert not limit.due(False, BITRATE, 0.99 * pause)
    assert limit.due(False, BITRATE, pause)
    limit.made(SIZE, pause)
    assert not limit.due(False, BITRATE, 3 * pause)  # nobody has asked since


def test_small_ones_wait_as_well() -> None:
    limit = KeyFrameLimit()
    limit.made(100, 10.0)
    assert not limit.due(True, BITRATE, 10.0 + 0.99 * LEAST_SECONDS)
    assert limit.due(False, BITRATE, 10.0 + LEAST_SECONDS)


def test_one_that_is_made_for_another_reason_answers_what_was_asked() -> None:
    limit = KeyFrameLimit()
    limit.made(SIZE, 10.0)
    assert not limit.due(True, BITRATE, 10.1)
    limit.made(SIZE, 10.2)  # for another bitrate
    assert not limit.due(False, BITRATE, 20.0)


def test_what_was_put_off_comes_at_once_when_there_is_room_again() -> None:
    limit = KeyFrameLimit()
    limit.made(SIZE, 10.0)
    assert not limit.due(True, BITRATE, 10.1)
    assert limit.due(False, None, 10.15)
