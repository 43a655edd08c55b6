"""When a shared encoder makes a key frame, and what late joiners are sent."""

from __future__ import annotations

from gradio_webrtc.media.sharing.key_frame_group import (
    CATCHING_UP,
    KEY_FRAME_INTERVAL,
    KeyFrameGroup,
    PackedFrame,
)


def frame(number: int, *, key: bool = False) -> PackedFrame:
    return PackedFrame((bytes([number]),), number * 3000, key)


def test_the_first_who_asks_gets_a_key_frame_with_the_next_frame() -> None:
    group = KeyFrameGroup()
    assert not group.due(10.0)
    assert group.ask(10.0) == 0
    assert group.due(10.0)
    group.sent(frame(1, key=True), 10.0)
    assert not group.due(20.0)


def test_many_who_ask_at_once_cost_one_key_frame_each_interval() -> None:
    group, made = KeyFrameGroup(), 0
    for tick in range(300):  # three seconds, somebody asking every 10 ms
        now = tick / 100
        group.ask(now)
        key = group.due(now)
        made += key
        group.sent(frame(tick % 256, key=key), now)
    assert made == 3 / KEY_FRAME_INTERVAL


def test_who_joins_soon_after_a_key_frame_is_sent_all_since_it() -> None:
    group = KeyFrameGroup()
    group.sent(frame(1, key=True), 0.0)
    group.sent(frame(2), 0.03)
    group.sent(frame(3), 0.06)
    sent = group.since_key(0.07)
    assert [each.payloads[0][0] for each in sent] == [1, 2, 3]
    assert [each.key for each in sent] == [True, False, False]
    # Their times are those of one burst that ends with the newest.
    assert [each.timestamp for each in sent] == [9000 - 2 * CATCHING_UP, 9000 - CATCHING_UP, 9000]


def test_an_old_key_frame_is_no_beginning_any_more() -> None:
    group = KeyFrameGroup()
    group.sent(frame(1, key=True), 0.0)
    assert group.since_key(KEY_FRAME_INTERVAL) == []
    group.sent(frame(2), KEY_FRAME_INTERVAL + 0.03)
    assert group.since_key(KEY_FRAME_INTERVAL + 0.04) == []
    assert group.ask(KEY_FRAME_INTERVAL + 0.04) == 0


def test_frames_that_nobody_was_sent_are_no_beginning_either() -> None:
    group = KeyFrameGroup()
    group.sent(frame(1, key=True), 0.0)
    group.forget()
    assert group.since_key(0.1) == []
    assert group.ask(0.1) == 0
