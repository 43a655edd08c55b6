"""Lateness is a stall's only as long as the stall and its aftermath explain it."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.audio.process_stall import (
    LONGEST_STALL,
    RECOVERY_SECONDS,
    STALL_SECONDS,
    ProcessStall,
)


def test_who_comes_back_in_time_or_a_little_late_stood_not_still() -> None:
    stall = ProcessStall()
    stall.promised = 10.0
    for now in (9.0, 10.0, 10.0 + STALL_SECONDS - 0.001):
        stall.asked(now)
        assert stall.seconds == 0.0


def test_without_a_promise_nobody_is_late() -> None:
    stall = ProcessStall()
    stall.asked(1000.0)
    assert stall.seconds == 0.0


def test_a_stall_counts_with_its_aftermath() -> None:
    stall = ProcessStall()
    stall.promised = 10.0
    stall.asked(10.2)
    assert stall.seconds == pytest.approx(0.2 + RECOVERY_SECONDS)


def test_stalls_of_one_aftermath_add_up_and_recover_once() -> None:
    stall = ProcessStall()
    stall.promised = 10.0
    stall.asked(10.2)
    stall.promised = 10.22
    stall.asked(10.32)
    assert stall.seconds == pytest.approx(0.2 + 0.1 + RECOVERY_SECONDS)


def test_there_is_a_longest() -> None:
    stall = ProcessStall()
    stall.promised = 10.0
    stall.asked(70.0)
    assert stall.seconds == LONGEST_STALL
    stall.asked(80.0)
    assert stall.seconds == LONGEST_STALL


def test_once_it_is_over_the_next_has_its_own_aftermath() -> None:
    stall = ProcessStall()
    stall.promised = 10.0
    stall.asked(10.2)
    stall.over()
    assert stall.seconds == 0.0
    stall.promised = 20.0
    stall.asked(20.1)
    assert stall.seconds == pytest.approx(0.1 + RECOVERY_SECONDS)
