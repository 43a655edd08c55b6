"""Who measures the whole application hears of every turn."""

from __future__ import annotations

import logging

import pytest

from gradio_webrtc import TurnTimings
from gradio_webrtc.turns.timing.turn_feed import TurnFeed

TURN = TurnTimings("someone", 1.0, True, 1.5, 0.5)


def test_each_subscriber_hears_of_each_turn_once_whatever_the_others_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    feed = TurnFeed()
    told: list[TurnTimings] = []

    def broken(_: TurnTimings) -> None:
        raise ValueError("no metrics today")

    for subscriber in (broken, told.append, told.append):
        feed.subscribe(subscriber)
    with caplog.at_level(logging.ERROR):
        feed.put(TURN)
    assert told == [TURN]
    assert "no metrics today" in caplog.text


def test_who_has_left_is_not_told() -> None:
    feed = TurnFeed()
    told: list[TurnTimings] = []
    feed.subscribe(told.append)
    feed.unsubscribe(told.append)
    feed.unsubscribe(told.append)
    feed.put(TURN)
    assert told == []
