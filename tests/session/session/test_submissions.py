"""Submits through a session: each once, in order, and with the values of its own moment."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import WebRTCData
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.session.state import CloseReason, SessionState
from gradio_webrtc.session.submissions import MAX_WAITING
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import Bench, marked, open_session, settle, start_session

pytestmark = pytest.mark.looptime


def typed(text: str, number: int | None = None) -> WebRTCData:
    return WebRTCData("a", text, number=number)


def texts(bench: Bench) -> list[tuple[Any, ...]]:
    return [(data.textbox, *args) for data, *args in bench.handler.submitted]


def acknowledged(bench: Bench) -> list[str]:
    return [text for text in bench.transport.texts if "submitted" in text]


async def composing(handler: ScriptedHandler | None = None) -> Bench:
    bench = start_session(handler, composer=True)
    bench.session.on_connected()
    await settle()
    return bench


class Gate:
    """A ``trigger_response`` that takes until it is opened."""

    def __init__(self, handler: ScriptedHandler) -> None:
        self.open = asyncio.Event()
        handler.on_submit = self._wait

    async def _wait(self, *_: Any) -> None:
        await self.open.wait()


async def test_quick_submits_all_arrive_one_after_the_other() -> None:
    handler = ScriptedHandler()
    gate = Gate(handler)
    bench = await composing(handler)
    for number, text in enumerate(("one", "two", "three"), 1):
        bench.session.set_args([typed(text, number), number * 10])
    await settle()
    assert texts(bench) == [("one", 10)]
    gate.open.set()
    await settle()
    assert texts(bench) == [("one", 10), ("two", 20), ("three", 30)]
    assert acknowledged(bench) == [
        f'{{"type":"submitted","data":{number}}}' for number in (1, 2, 3)
    ]
    await bench.session.aclose()


async def test_a_number_is_taken_once_and_said_to_be_taken_each_time() -> None:
    bench = await composing()
    for value in (1, 2):
        bench.session.set_args([typed("hi", 1), value])
        await settle()
    assert texts(bench) == [("hi", 1)]
    assert len(acknowledged(bench)) == 2
    # The values that came with it are news all the same.
    [_, value] = bench.handler.args[-1]
    assert value == 2
    await bench.session.aclose()


async def test_a_plain_clients_submits_need_no_number() -> None:
    bench = await open_session()
    bench.session.set_args([typed("hi"), 5])
    bench.session.set_args([typed("hi"), 5])
    bench.session.set_args([6])
    await settle()
    assert texts(bench) == [("hi", 5), ("hi", 5)]
    assert set(bench.handler.args) == {(6,)}
    assert acknowledged(bench) == []
    await bench.session.aclose()


async def test_what_comes_before_the_connection_is_served_after_it() -> None:
    bench = start_session()
    bench.session.set_args([typed("early", 1)])
    await settle()
    assert texts(bench) == []
    bench.session.on_connected()
    await settle()
    assert texts(bench) == [("early",)]
    await bench.session.aclose()


async def test_values_of_a_waiting_submit_do_not_outlive_newer_ones() -> None:
    handler = ScriptedHandler()
    gate = Gate(handler)
    bench = await composing(handler)
    bench.session.set_args([typed("one", 1), "old"])
    bench.session.set_args([typed("two", 2), "older"])
    await settle()
    bench.session.set_args(["new"])
    await settle()
    # At once for what runs now, with the text that is being answered ...
    [(own, value)] = handler.args
    assert (own.textbox, value) == ("one", "new")
    gate.open.set()
    await settle()
    # ... and again when the waiting submit has had its own moment.
    assert texts(bench)[-1] == ("two", "older")
    assert (handler.args[-1][0].textbox, handler.args[-1][1]) == ("two", "new")
    await bench.session.aclose()


async def test_a_composers_handler_gets_data_before_anything_is_submitted() -> None:
    bench = await composing()
    bench.session.set_args([7])
    await settle()
    assert bench.handler.args == [(WebRTCData("a"), 7)]
    await bench.session.aclose()


async def test_speech_since_the_last_submit_comes_with_the_next() -> None:
    bench = await composing(ScriptedHandler(audio_format=AudioFormat(sample_rate=48_000)))
    bench.session.set_args([typed("silent", 1)])
    await settle()
    for number in (2, 3):
        for _ in range(50):
            bench.session.on_audio(marked(1000 * number))
        await settle()
        bench.session.set_args([typed("", number)])
        await settle()
    bench.session.set_args([typed("off again", 4)])
    await settle()
    first, second, third, fourth = (data.audio for data, *_ in bench.handler.submitted)
    assert first is None
    assert fourth is None
    for (rate, samples), value in ((second, 2000), (third, 3000)):
        assert (rate, samples.dtype, samples.ndim, samples.shape[0]) == (48_000, np.int16, 2, 1)
        assert samples.shape[1] / rate == pytest.approx(1.0, abs=0.05)
        assert np.median(samples) == value
    assert len(bench.handler.received) == 100  # receive() heard it too
    await bench.session.aclose()


async def test_a_stuck_handler_is_not_buried(caplog: pytest.LogCaptureFixture) -> None:
    handler = ScriptedHandler()
    gate = Gate(handler)
    bench = await composing(handler)
    bench.session.set_args([typed("0", 1)])
    await settle()
    with caplog.at_level(logging.WARNING):
        for number in range(2, MAX_WAITING + 5):
            bench.session.set_args([typed(str(number), number)])
        await settle()
    assert bench.session.submissions.dropped == 3
    assert "trigger_response" in caplog.text
    # Who was refused was not told otherwise, and may try again.
    assert len(acknowledged(bench)) == MAX_WAITING + 1
    gate.open.set()
    await settle()
    assert len(bench.handler.submitted) == MAX_WAITING + 1
    bench.session.set_args([typed("again", MAX_WAITING + 2)])
    await settle()
    assert texts(bench)[-1] == ("again",)
    await bench.session.aclose()


async def test_an_error_of_trigger_response_ends_the_session(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(*_: Any) -> None:
        raise ValueError("no such model")

    handler = ScriptedHandler()
    handler.on_submit = fail
    bench = await composing(handler)
    bench.session.set_args([typed("hi", 1)])
    await settle()
    assert bench.session.state is SessionState.CLOSED
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.HANDLER_ERROR
    assert "no such model" in caplog.text


async def test_a_closed_session_takes_nothing() -> None:
    bench = await composing()
    await bench.session.aclose()
    bench.session.set_args([typed("late", 1)])
    await settle()
    assert bench.handler.submitted == []
    assert acknowledged(bench) == []


async def test_keys_of_a_telephone_reach_the_handler_in_order() -> None:
    bench = await open_session()
    for digit in "12#":
        bench.session.submissions.press(digit)
    await settle()
    assert bench.handler.pressed == ["1", "2", "#"]
    await bench.session.aclose()


async def test_keys_that_nobody_takes_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    bench = start_session()  # not connected: nobody is told yet
    for _ in range(MAX_WAITING + 5):
        bench.session.submissions.press("1")
    bench.session.on_connected()
    await settle()
    assert len(bench.handler.pressed) == MAX_WAITING
    assert caplog.text.count("a key was refused") == 1
    await bench.session.aclose()
    bench.session.submissions.press("1")
    assert bench.session.submissions.dropped == 5
