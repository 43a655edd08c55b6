"""What a reply function is called with."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import ReplyOnPause, WebRTCData
from gradio_webrtc.turns import reply_making
from tests.unit.handlers.conftest import FakeLink

pytestmark = pytest.mark.asyncio

SAID = np.ones((1, 480), np.int16)


def plain(audio: Any) -> Any:
    return None


def with_history(audio: Any, history: Any) -> Any:
    return None


def linked(fn: Any, **options: Any) -> tuple[ReplyOnPause, FakeLink]:
    handler, link = ReplyOnPause(fn, **options), FakeLink(asyncio.get_running_loop())
    handler._webrtc.link = link  # type: ignore[assignment]
    return handler, link


async def test_sound_alone():
    handler, link = linked(plain)
    [audio] = await handler._reply_args(SAID, None)
    assert audio[0] == 48_000
    assert audio[1] is SAID
    assert link.requests == 0


async def test_values_are_asked_for_anew_each_time():
    handler, link = linked(with_history)
    for number in range(2):
        asking = asyncio.ensure_future(handler._reply_args(SAID, None))
        await asyncio.sleep(0)
        assert link.requests == number + 1
        assert not asking.done()
        handler.set_args([f"history {number}"])
        assert (await asking)[1:] == [f"history {number}"]


async def test_a_subclass_may_reset_as_it_likes():
    """Its ``reset`` is for the end of a reply, and not for the beginning of one."""

    class Counts(ReplyOnPause):
        resets = 0

        def reset(self) -> None:
            self.resets += 1
            super().reset()

    handler = Counts(with_history)
    handler._webrtc.link = FakeLink(asyncio.get_running_loop())  # type: ignore[assignment]
    asking = asyncio.ensure_future(handler._reply_args(SAID, None))
    await asyncio.sleep(0)
    handler.set_args([1])
    await asking
    assert handler.resets == 0


async def test_what_was_submitted_comes_with_its_text_once():
    handler, _ = linked(plain)
    data = WebRTCData("someone", "hi")
    handler.set_args([data])
    [submitted] = await handler._reply_args(SAID, [data])
    assert (submitted.textbox, submitted.audio[1] is SAID) == ("hi", True)
    [spoken] = await handler._reply_args(SAID, None)
    assert spoken.textbox == ""
    assert data.audio is None, "the one in latest_args stays as it was"


async def test_a_function_with_defaults_is_asked_for_and_waits_for_nobody_twice(monkeypatch):
    """A mounted stream asks for what a function has defaults for: its history, say."""

    def with_default(audio: Any, history: Any = None) -> Any:
        return None

    monkeypatch.setattr(reply_making, "DEFAULTS_AFTER_S", 0.05)
    handler, link = linked(with_default)
    handler._webrtc.has_inputs = handler._webrtc.may_go_without = True
    loop = asyncio.get_running_loop()
    assert len(await handler._reply_args(SAID, None)) == 1
    before = loop.time()
    assert len(await handler._reply_args(SAID, None)) == 1
    assert loop.time() - before < 0.04, "who never answers is waited for once"
    assert link.requests == 2
    asking = asyncio.ensure_future(handler._reply_args(SAID, None))
    await asyncio.sleep(0)
    handler.set_args(["history"])
    await asking
    asking = asyncio.ensure_future(handler._reply_args(SAID, None))
    await asyncio.sleep(0.01)
    assert not asking.done(), "and who answers, again"
    handler.set_args(["longer history"])
    assert (await asking)[1:] == ["longer history"]
