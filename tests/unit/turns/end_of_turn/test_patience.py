"""How long a turn that was judged unfinished waits for more speech."""

from __future__ import annotations

import math

from gradio_webrtc.turns.end_of_turn.patience import Patience


def test_a_finished_turn_waits_for_nothing() -> None:
    patience = Patience(3.0, 0.0)
    assert patience.judged(True)
    assert patience.judged(None)
    assert not patience.judged(False)
    assert not Patience(3.0, 0.25).judged(None)
    assert patience.left_s == math.inf
    assert not patience.passes(10, 1.0)


def test_an_unfinished_turn_ends_when_nothing_more_is_said() -> None:
    patience = Patience(1.0, 0.0)
    patience.judged(False)
    patience.begin(0.8)
    assert not patience.passes(0.6, 0.8)
    assert math.isclose(patience.left_s, 0.4)
    assert patience.passes(0.5, 0.8)
    assert not patience.passes(0.5, 0.8), "once"


def test_more_speech_ends_the_waiting() -> None:
    patience = Patience(1.0, 0.0)
    patience.judged(False)
    patience.begin(0.8)
    assert not patience.passes(2.0, 0.9)
    assert patience.left_s == math.inf


def test_it_can_be_stopped() -> None:
    patience = Patience(1.0, 0.25)
    patience.judged(None)
    patience.begin(0.8)
    assert patience.left_s == 0.25
    patience.stop()
    assert not patience.passes(2.0, 0.8)
