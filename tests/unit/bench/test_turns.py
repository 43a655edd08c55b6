"""How soon a sentence is answered, and what is no answer to it."""

from __future__ import annotations

import pytest

from bench.clips import Clip
from bench.scenarios import turns
from bench.scenarios.turns import Ear, reply_delay
from bench.spoken import SpeakingTrack


@pytest.mark.parametrize(
    ("heard_at", "delay"),
    [([(10.5, 10.9)], 0.5), ([(9.2, 9.6)], None), ([(9.2, 9.6), (10.5, 10.9)], None)],
)
async def test_a_reply_to_what_was_said_before_is_none_to_this(
    monkeypatch: pytest.MonkeyPatch, heard_at: list[tuple[float, float]], delay: float | None
):
    ear = Ear()
    ear.replies.append((3.0, 3.4))

    async def said(track: SpeakingTrack, number: int) -> tuple[float, float]:
        ear.replies += heard_at
        return 9.0, 10.0

    monkeypatch.setattr(turns, "_said", said)
    answered = await reply_delay(SpeakingTrack(Clip("audio", [], 0.02)), ear, 0)
    assert answered == (None if delay is None else pytest.approx(delay))
