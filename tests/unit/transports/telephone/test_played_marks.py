"""How much a caller has heard, by the marks that came back."""

from __future__ import annotations

import pytest

from gradio_webrtc.transports.telephone.played_marks import (
    BLIND_FRAMES,
    PATIENCE_S,
    PlayedMarks,
    SentFrame,
)


class Line:
    """Sends frames of 20 ms, one after the other; the other end is ``rtt`` away, there and back.

    Attributes:
        out: the frames that were sent and not given back.
    """

    def __init__(self, rtt: float | None = 0.0) -> None:
        self.marks = PlayedMarks()
        self.now = 0.0
        self.emitted = 0.0
        self.rtt = rtt
        self.out: list[SentFrame] = []

    def send(self, count: int) -> None:
        """Send frames in real time."""
        for _ in range(count):
            self.emitted += 0.02
            frame = self.marks.sent(b"", self.emitted, self.now)
            if frame.probe is not None and self.rtt is not None:
                self.marks.returned(frame.probe, self.now + self.rtt)
            self.out.append(frame)
            self.now += 0.02

    def back(self, count: int) -> None:
        """The marks of the next frames come back now."""
        for frame in self.out[:count]:
            self.marks.returned(frame.name, self.now)
        del self.out[:count]


def test_what_is_sent_is_heard_when_its_mark_is_back() -> None:
    line = Line()
    line.send(5)
    assert line.marks.heard_s == 0
    first = line.out[0]
    line.marks.returned(line.out[1].name, line.now)
    assert line.marks.heard_s == pytest.approx(0.04)
    line.marks.returned(first.name, line.now)  # late, and again
    line.marks.returned("nonsense", line.now)
    assert line.marks.heard_s == pytest.approx(0.04)
    assert line.marks.playing
    line.back(5)
    assert line.marks.heard_s == pytest.approx(0.1)
    assert not line.marks.playing


def test_a_mark_after_each_silence_measures_the_way_there_and_back() -> None:
    line = Line(0.08)
    line.send(3)
    assert line.marks.round_trip_s == pytest.approx(0.08)
    assert [frame.probe is not None for frame in line.out] == [True, False, False]
    line.back(3)
    line.rtt = 0.2
    line.send(1)
    assert line.out[0].probe is not None
    assert line.marks.round_trip_s == pytest.approx(0.08), "the shortest"


def test_what_is_cleared_was_not_heard_although_its_marks_come_back_then() -> None:
    line = Line()
    line.send(10)
    line.back(4)
    line.marks.clear(line.now)
    line.back(6)
    assert line.marks.heard_s == pytest.approx(0.08)
    line.send(5)
    line.back(5)
    assert line.marks.heard_s == pytest.approx(0.08 + 0.1)


def test_what_was_played_while_marks_and_clear_were_on_their_ways_was_heard() -> None:
    line = Line(0.1)
    line.send(20)
    line.back(10)
    line.marks.clear(line.now)
    assert line.marks.heard_s == pytest.approx(0.2 + 0.1)


def test_what_was_held_is_sent_again_and_counts_when_it_is_heard() -> None:
    line = Line()
    line.send(10)
    line.back(8)
    line.marks.hold(line.now)
    line.back(2)  # given back by the clear
    assert line.marks.heard_s == pytest.approx(0.16)
    assert line.marks.held
    again = line.marks.release(line.now)
    assert [frame.end for frame in again] == pytest.approx([0.18, 0.2])
    assert not line.marks.held
    line.marks.returned(again[1].name, line.now)
    assert line.marks.heard_s == pytest.approx(0.2)


def test_only_what_had_not_been_played_is_sent_again() -> None:
    line = Line(0.1)
    line.send(20)
    line.back(10)  # five more are played by the time a clear arrives
    line.marks.hold(line.now)
    assert [frame.end for frame in line.marks.release(line.now)] == pytest.approx(
        [0.32, 0.34, 0.36, 0.38, 0.4]
    )


def test_a_reply_that_nobody_has_begun_to_hear_is_sent_again_whole() -> None:
    line = Line()
    line.send(5)
    line.marks.hold(line.now)
    assert len(line.marks.release(line.now)) == 5


def test_what_was_held_and_then_cleared_was_not_heard() -> None:
    line = Line()
    line.send(10)
    line.back(8)
    line.marks.hold(line.now)
    line.marks.clear(line.now)
    line.back(2)
    assert line.marks.release(line.now) == []
    assert line.marks.heard_s == pytest.approx(0.16)
    line.send(1)
    line.back(1)
    assert line.marks.heard_s == pytest.approx(0.18)


def test_holding_twice_keeps_what_was_kept() -> None:
    line = Line()
    line.send(2)
    line.marks.hold(line.now)
    line.marks.hold(line.now)
    assert len(line.marks.release(line.now)) == 2


def test_who_never_gives_marks_back_is_believed_to_have_played_it() -> None:
    line = Line(None)
    line.send(5)
    assert line.marks.expire(line.now) == pytest.approx(PATIENCE_S - 0.1)
    assert line.marks.expire(PATIENCE_S + 0.041) == pytest.approx(0.02, abs=0.002)
    assert line.marks.heard_s == pytest.approx(0.06)
    assert line.marks.expire(PATIENCE_S + 1) is None
    assert line.marks.heard_s == pytest.approx(0.1)


def test_to_one_who_never_gives_marks_back_little_is_sent_again() -> None:
    line = Line(None)
    line.send(50)
    line.marks.hold(line.now)
    assert len(line.marks.release(line.now)) == BLIND_FRAMES
