"""Talking with some of many sessions: with which, and what of it counts."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bench.clips import Clip
from bench.sessions import talking
from bench.sessions.talking import Answers, speakers, talk
from bench.spoken import SpeakingTrack


def clients(count: int) -> list[Any]:
    return [SimpleNamespace(track=n, on_frame=None) for n in range(count)]


@pytest.mark.parametrize(("count", "places"), [(1, [0]), (2, [0, 1]), (30, [0, 14, 29])])
def test_the_first_and_the_last_are_among_those_who_speak(count: int, places: list[int]):
    opened = clients(count)
    chosen = speakers(opened)
    assert [track for track, _ in chosen] == places
    for place, (_, ear) in zip(places, chosen, strict=True):
        assert opened[place].on_frame == ear.take
    assert sum(client.on_frame is not None for client in opened) == len(places)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[float | None]], list[Any]]:
    """Let replies be as late as told; returns who spoke, in order."""

    def begin(delays: list[float | None]) -> list[Any]:
        spoke: list[Any] = []

        async def reply_delay(track: Any, ear: Any, number: int) -> float | None:
            spoke.append((ear, number))
            return delays[number]

        async def pause(number: int) -> None:
            pass

        monkeypatch.setattr(talking, "reply_delay", reply_delay)
        monkeypatch.setattr(talking, "pause", pause)
        return spoke

    return begin


async def test_each_speaks_in_turn_and_what_they_say_first_does_not_count(script: Any):
    spoke = script([9.0, 9.0, 0.51, None, 0.53])
    chosen: Any = [(SpeakingTrack(Clip("audio", [], 0.02)), name) for name in ("first", "last")]
    assert await talk(chosen, 3) == Answers((510.0, 530.0), unanswered=1)
    assert spoke == [("first", 0), ("last", 1), ("first", 2), ("last", 3), ("first", 4)]


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (Answers((510.0, 520.4, 600.0), 0), "520 / 600 / 600 ms"),
        (Answers((510.0,), 2), "510 / 510 / 510 ms, 2 unanswered"),
        (Answers((), 3), "none, 3 unanswered"),
    ],
)
def test_what_the_table_says(answers: Answers, text: str):
    assert str(answers) == text
