"""What serves a viewer in place of user code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.handlers.args import DEFAULTS_AFTER_S
from gradio_webrtc.handlers.protocol import EndOfStream
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.audio.opus import FRAME_SAMPLES
from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.transports.sharing.watching_handler import Shared, WatchingHandler
from tests.support.fake_transport import FakeTransport
from tests.support.sessions import make_session, settle

pytestmark = pytest.mark.looptime


def code() -> None:
    """Stand for the author's function."""


class Seat:
    """A viewer's session, and what it joined with."""

    def __init__(self, *, packed: bool = True, **asking: bool) -> None:
        self.handler = WatchingHandler(Shared(code, ("audio",), **asking))
        self.handler.viewer.packed = packed
        self.handler.join = self._join
        self.joined: list[Sequence[Any] | None] = []
        self.left = 0
        self.wire = FakeTransport()
        self.session = make_session(self.handler, self.wire)

    def _join(self, args: Sequence[Any] | None) -> Callable[[], None]:
        self.joined.append(args)
        return self._leave

    def _leave(self) -> None:
        self.left += 1

    async def connect(self) -> None:
        self.session.start()
        self.session.on_connected()
        await settle()


async def test_it_joins_when_connected_and_leaves_with_its_session() -> None:
    seat = Seat()
    assert not seat.joined
    await seat.connect()
    assert seat.joined == [None]
    assert seat.handler.user_code is code
    assert not seat.wire.messages
    await seat.session.aclose()
    assert seat.left == 1


async def test_it_asks_for_the_values_that_are_needed_and_uses_the_first() -> None:
    seat = Seat(needs_args=True)
    await seat.connect()
    assert [each.type for each in seat.wire.messages] == ["send_input"]
    await asyncio.sleep(2 * DEFAULTS_AFTER_S)
    assert not seat.joined
    seat.session.set_args(["north"])
    await settle()
    seat.session.set_args(["south"])
    await settle()
    assert seat.joined == [("north",)]
    await seat.session.aclose()


async def test_values_that_came_before_are_not_asked_for() -> None:
    seat = Seat(needs_args=True)
    seat.session.set_args([1])
    await settle()
    await seat.connect()
    assert seat.joined == [(1,)]
    assert not seat.wire.messages
    await seat.session.aclose()


async def test_values_that_are_not_needed_are_waited_for_a_while() -> None:
    seat = Seat(asks_args=True)
    await seat.connect()
    await asyncio.sleep(DEFAULTS_AFTER_S - 0.1)
    assert not seat.joined
    await asyncio.sleep(0.2)
    assert seat.joined == [None]
    await seat.session.aclose()


async def test_who_leaves_while_values_are_waited_for_joins_nothing() -> None:
    seat = Seat(needs_args=True)
    await seat.connect()
    await seat.session.aclose()
    assert not seat.joined


async def test_to_a_wire_that_takes_samples_the_audio_is_emitted() -> None:
    seat = Seat(packed=False)
    await seat.connect()
    viewer = seat.handler.viewer
    assert viewer.audio_form == "samples"
    viewer.play(Frame(np.full((2, FRAME_SAMPLES), 7, np.int16), 0))
    await settle()
    [(kind, (rate, samples))] = seat.wire.played
    assert (kind, rate, samples.shape, int(samples[0, 0])) == ("audio", 48_000, (2, 960), 7)
    await seat.session.aclose()
    with pytest.raises(EndOfStream):
        await seat.handler.emit("audio")


async def test_what_viewers_do_changes_nothing() -> None:
    seat = Seat()
    await seat.connect()
    await seat.handler.submit([WebRTCData("a"), "text"])
    await seat.handler.press("5")
    seat.handler.talk(pressed=True)
    await seat.handler.receive_audio((48_000, np.zeros((1, 960), np.int16)))
    assert seat.joined == [None]
    assert seat.handler.dropped == 0
    await seat.session.aclose()
