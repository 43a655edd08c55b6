"""What the benchmark of sessions says, as rows and pictures."""

from __future__ import annotations

from proof.sessions import findings

STEPS = [
    {"sessions": 1, "cpu": 4.5, "memory": 20.0, "reply": None},
    {"sessions": 20, "cpu": 2.5, "memory": 1.5, "reply": None},
    {"sessions": 30, "cpu": 3.0, "memory": None, "reply": None},
]
ANSWERED = [
    {**step, "reply": reply} for step, reply in zip(STEPS, (511.0, 530.0, 540.0), strict=True)
]


def test_sessions_are_held_against_what_is_asked_and_costs_are_drawn():
    echo, voice, cpu, memory = findings(
        {"audio-echo": {"served": 20, "steps": STEPS}, "idle-voice": {"served": 20, "steps": STEPS}}
    )
    assert (echo.value, echo.bound, echo.held) == ("20", "", True)
    assert (voice.value, voice.bound, voice.held) == ("20", "30", False)
    assert cpu.chart is not None
    assert cpu.chart.lines["audio-echo"] == [(1, 4.5), (20, 2.5), (30, 3.0)]
    assert memory.chart is not None
    assert memory.chart.lines["idle-voice"] == [(1, 20.0), (20, 1.5)]
    assert memory.value == "audio-echo 20.0 at 1, 1.5 at 20, idle-voice 20.0 at 1, 1.5 at 20"


def test_all_that_were_tried_may_not_be_all_there_are_room_for():
    assert findings({"idle-voice": {"served": 30, "steps": STEPS}})[0].value == "30 or more"


def test_how_soon_they_are_answered_is_drawn_of_those_that_are_talked_with():
    *_, reply = findings(
        {
            "audio-echo": {"served": 30, "steps": STEPS},
            "idle-voice": {"served": 30, "steps": ANSWERED},
        }
    )
    assert reply.chart is not None
    assert reply.chart.lines == {"idle-voice": [(1, 511.0), (20, 530.0), (30, 540.0)]}
    assert reply.value == "idle-voice 511.0 at 1, 540.0 at 30"
