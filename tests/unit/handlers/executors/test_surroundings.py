"""What a call carries to a worker."""

from __future__ import annotations

import pytest

from gradio_webrtc.handlers.executors import surroundings
from gradio_webrtc.handlers.executors.surroundings import (
    News,
    Post,
    Surrounding,
    carry,
    owner_of,
    surroundings_here,
)


def restore(state: str, post: Post) -> News:
    post("back", state)
    return lambda news: None


@pytest.fixture(autouse=True)
def _none_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_carriers", [])


def test_each_is_asked_at_each_call_and_may_have_nothing() -> None:
    there = [Surrounding(restore, "a", print, owner="connection")]
    carry(lambda: None)
    carry(lambda: there[0] if there else None)
    carry(lambda: Surrounding(restore, "b", print))
    assert [each.state for each in surroundings_here()] == ["a", "b"]
    assert owner_of(surroundings_here()) == "connection"
    there.clear()
    assert [each.state for each in surroundings_here()] == ["b"]
    assert owner_of(surroundings_here()) is None
    assert surroundings_here()[0].news() is None
