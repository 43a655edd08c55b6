"""How often a client is told of additional outputs that wait."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.output_announcements import BURST, Announcements
from gradio_webrtc.session.state import CloseReason
from tests.support.fake_transport import FakeTransport
from tests.support.sessions import open_session, until

pytestmark = pytest.mark.looptime


class Wire(FakeTransport):
    """Notes what was announced, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.announced: list[tuple[float, int]] = []
        self.announcements = Announcements(self.loop, self)

    def send(self, message: Message) -> None:
        assert message.type == "fetch_output"
        count = 1 if message.data == [] else message.data
        self.announced.append((self.loop.time(), count))

    @property
    def count(self) -> int:
        return sum(count for _, count in self.announced)


async def test_a_flood_costs_fifty_messages_a_second_and_announces_every_output() -> None:
    wire = Wire()
    for _ in range(2000):
        wire.announcements.add()
        await asyncio.sleep(0.0005)
    await asyncio.sleep(0.1)
    assert wire.count == 2000
    assert len(wire.announced) <= 50 + BURST + 2


@pytest.mark.parametrize("gap", [0.0003, 0.001, 0.005, 0.019, 0.1])
async def test_none_is_told_of_late(gap: float) -> None:
    wire = Wire()
    added: list[float] = []
    for _ in range(200):
        added.append(wire.loop.time())
        wire.announcements.add()
        await asyncio.sleep(gap)
    await asyncio.sleep(0.1)
    told = list(itertools.chain.from_iterable([time] * count for time, count in wire.announced))
    assert len(told) == len(added)
    assert max(end - begin for begin, end in zip(added, told, strict=True)) <= 0.0201


async def test_what_is_said_now_and_then_is_told_one_by_one_and_at_once() -> None:
    wire = Wire()
    for _ in range(5):
        for _ in range(int(BURST)):
            wire.announcements.add()
        assert wire.announced[-1] == (wire.loop.time(), 1)
        await asyncio.sleep(0.5)
    assert len(wire.announced) == 5 * BURST


async def test_what_was_held_back_is_told_before_the_goodbye() -> None:
    bench = await open_session()
    bench.handler.say(*[("frame", AdditionalOutputs(number)) for number in range(40)])
    await until(lambda: len(bench.transport.played) == 40)
    await bench.session.aclose(CloseReason.APP_CLOSED)
    *announced, goodbye = bench.transport.messages
    assert goodbye.type == "end_stream"
    assert len(announced) < 20
    assert sum(1 if message.data == [] else message.data for message in announced) == 40
