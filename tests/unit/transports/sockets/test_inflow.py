"""A client that sends too fast is read more slowly, and nothing it sends is lost."""

from __future__ import annotations

import pytest

from gradio_webrtc.transports.sockets.codec import MAX_MESSAGE_CHARACTERS
from gradio_webrtc.transports.sockets.inflow import (
    CHARACTERS_AT_ONCE,
    CHARACTERS_PER_SECOND,
    MESSAGES_AT_ONCE,
    MESSAGES_PER_SECOND,
    Inflow,
)


def run(seconds: float, each: float, characters: int, sound: float) -> float:
    """Send a message every ``each`` s for ``seconds``; return the seconds it was not read for."""
    inflow, paused, now = Inflow(), 0.0, 0.0
    while now < seconds:
        pause = inflow.took(characters, sound, now)
        paused += pause
        now += max(each, pause)
    return paused


@pytest.mark.parametrize(
    ("each", "characters", "sound"),
    [
        (0.02, 300, 0.02),
        (128 / 48_000, 230, 128 / 48_000),  # every block of an audio worklet
        (1.0, 128 * 1024, 1.0),  # a second of 48 kHz in 16 bits
        (0.02 / 3, 300, 0.02),  # a recording at three times its speed
    ],
)
def test_real_clients_are_never_paused(each: float, characters: int, sound: float) -> None:
    assert run(60, each, characters, sound) == 0


def test_five_seconds_of_sound_may_come_at_once_and_more_at_four_times_its_speed() -> None:
    inflow = Inflow()
    assert [inflow.took(1000, 0.1, 0.0) for _ in range(50)] == [0.0] * 50
    assert inflow.took(1000, 0.1, 0.0) == pytest.approx(0.025)


def test_a_flood_of_messages_is_read_at_its_rate() -> None:
    assert run(10, 0.0, 20, 0.0) == pytest.approx(
        10 - MESSAGES_AT_ONCE / MESSAGES_PER_SECOND, abs=3
    )


def test_no_message_that_is_read_costs_a_long_pause() -> None:
    inflow = Inflow()
    for seconds in (0.0, 12.0):  # of base64: mu-law at 8 kHz
        assert inflow.took(MAX_MESSAGE_CHARACTERS, seconds, 0.0) < 2
    inflow.took(CHARACTERS_AT_ONCE, 0.0, 100.0)
    pause = inflow.took(MAX_MESSAGE_CHARACTERS, 0.0, 100.0)
    assert pause == pytest.approx(MAX_MESSAGE_CHARACTERS / CHARACTERS_PER_SECOND)
