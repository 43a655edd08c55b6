"""``python -m bench sessions``: when many sessions are served as one was, and what is told."""

from __future__ import annotations

import json

import pytest

from bench.pictures import SMALL, counter_clip
from bench.results import BenchError
from bench.sessions import __main__ as command
from bench.sessions import pauses
from bench.sessions.steps import KINDS, Step
from bench.sessions.talking import Answers
from gradio_webrtc.media.audio.opus import OpusEncoder
from gradio_webrtc.transports.sending.bitrate_limits import BoundedVp8Encoder

ECHO, VOICE = KINDS["audio-echo"], KINDS["idle-voice"]
ALONE = Step(1, cpu=4.5, memory=20.0, round_trip=92.0, frames=50.0, client_cpu=10.0)


def served_as(sessions: int, **changes: float | Answers | None) -> Step:
    return Step(**{**vars(ALONE), "sessions": sessions, **changes})


@pytest.mark.parametrize(
    ("step", "holds"),
    [
        (ALONE, True),
        (served_as(20, round_trip=142.0), True),
        (served_as(20, round_trip=142.1), False),
        (served_as(20, round_trip=None), False),
        (served_as(20, frames=47.5), True),
        (served_as(20, frames=47.4), False),
    ],
)
def test_echoes_hold_while_frames_and_delay_are_those_of_one(step, holds):
    assert step.holds(ECHO, ALONE) is holds


def test_those_that_say_nothing_hold_until_the_core_is_nearly_busy():
    quiet = served_as(1, frames=0.0, round_trip=None, cpu=2.0)
    assert served_as(30, frames=0.0, round_trip=None, cpu=2.6).holds(VOICE, quiet)
    assert not served_as(30, frames=0.0, round_trip=None, cpu=2.7).holds(VOICE, quiet)


@pytest.mark.parametrize(
    ("answers", "holds"),
    [
        (Answers((550.0, 560.0, 900.0), 0), True),
        (Answers((540.0, 561.0, 562.0), 0), False),
        (Answers((510.0, 510.0), 1), False),
        (Answers((), 3), False),
        (None, True),
    ],
)
def test_those_that_listen_hold_while_they_are_answered_as_soon_as_one_was(answers, holds):
    quiet = {"frames": 0.0, "round_trip": None, "cpu": 2.0}
    alone = served_as(1, **quiet, answers=Answers((505.0, 510.0, 515.0), 0))
    assert served_as(30, **quiet, answers=answers).holds(VOICE, alone) is holds


@pytest.fixture
def measured(monkeypatch):
    """Steps that hold up to ten sessions; what was asked for is noted."""
    asked: list[int] = []

    async def make_peer(name):
        return name

    async def measure(peer, kind, clip, count, seconds, turns):
        assert (peer, seconds, turns) == ("here", 2.0, 12)
        asked.append(count)
        if kind is VOICE and count == 5:
            raise BenchError("session 5 of 5: refused")
        answers = Answers((510.0, 520.0, 530.0), 0)
        delay = 92.0 if count <= 10 else 300.0
        return served_as(count, cpu=4.0, round_trip=delay, answers=answers)

    monkeypatch.setattr(command, "make_peer", make_peer)
    monkeypatch.setattr(command, "measure", measure)
    return asked


def test_it_climbs_until_the_sessions_are_not_served_as_one_was(measured, tmp_path, capsys):
    path = tmp_path / "sessions.json"
    words = ["--only", "audio", "--seconds", "2", "--json", str(path)]
    assert command.main(words) == 0
    assert measured == [1, 5, 10, 20]
    out = capsys.readouterr().out
    assert "| audio-echo | 10       | 4.0 %    | 20.0    | 92 ms" in out
    assert "no more" in next(line for line in out.splitlines() if " 20 " in line and "300" in line)
    assert "audio-echo: 10 sessions on one core at constant quality" in out
    kept = json.loads(path.read_text())["audio-echo"]
    assert kept["served"] == 10
    assert [step["sessions"] for step in kept["steps"]] == [1, 5, 10, 20]
    assert [step["holds"] for step in kept["steps"]] == [True, True, True, False]
    assert kept["steps"][0]["memory"] == 20.0
    assert [step["reply"] for step in kept["steps"]] == [520.0, 520.0, 520.0, 520.0]


def test_a_step_that_cannot_be_measured_ends_the_climb(measured, capsys):
    assert command.main(["--only", "idle", "--seconds", "2"]) == 0
    captured = capsys.readouterr()
    assert "idle-voice: 1 sessions on one core" in captured.out
    assert "idle-voice: 5: session 5 of 5: refused" in captured.err


def test_no_more_than_asked_for_and_only_kinds_that_there_are(measured, capsys):
    assert command.main(["--only", "audio", "--seconds", "2", "--most", "5"]) == 0
    assert measured == [1, 5]
    assert command.main(["--only", "smells"]) == 2
    assert "there are audio-echo, idle-voice" in capsys.readouterr().err


def test_the_same_work_is_done_in_a_row_and_with_pauses(monkeypatch, capsys):
    """What the work costs is the machine's; that it is done, and how often, is seen here."""
    done: list[int] = []
    encode, encode_picture = OpusEncoder.encode, BoundedVp8Encoder.encode

    def counted(self, samples, pts):
        done.append(pts)
        return encode(self, samples, pts)

    def counted_picture(self, frame, force_keyframe=False):
        done.append(-frame.pts)
        return encode_picture(self, frame, force_keyframe)

    monkeypatch.setattr(pauses.measure, "__defaults__", (0.1, 1))
    monkeypatch.setattr(pauses, "counter_clip", lambda _: counter_clip(SMALL))
    monkeypatch.setattr(OpusEncoder, "encode", counted)
    monkeypatch.setattr(BoundedVp8Encoder, "encode", counted_picture)
    echo = pauses.Echo()
    done.clear()  # the packets of the echo
    monkeypatch.setattr(pauses, "Echo", lambda: echo)
    monkeypatch.setattr(pauses, "keep_to_one_core", lambda: None)
    assert command.main(["--pauses"]) == 0
    assert done == [n * 960 for n in range(5 * 4)] + [-n * 3000 for n in range(3 * 4)]
    printed = capsys.readouterr().out
    assert "20 ms of an echo" in printed
    assert "1280x720, the codec alone" in printed
