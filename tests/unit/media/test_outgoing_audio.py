"""What is played, without any wire: queued, paced, held, cleared and counted on a virtual clock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.receiving.input_bursts import InputBursts
from gradio_webrtc.media.emitted_media import EmittedAudio, parse_audio
from gradio_webrtc.media.outgoing_audio import OutgoingAudio

pytestmark = pytest.mark.looptime

RATE = 48_000
LOUD = 4_000


def sound(seconds: float) -> EmittedAudio:
    return parse_audio((RATE, np.full(round(seconds * RATE), LOUD, np.int16)))


class Playing:
    """Audio with a wire that only notes when what went out.

    Attributes:
        frames: each 20 ms, with the loop's time.
        told: what was told to have gone out.
    """

    def __init__(self) -> None:
        self.told: list[Pcm] = []
        self.audio = OutgoingAudio(sent=self.told.append)
        self.frames: list[tuple[float, np.ndarray]] = []

    @property
    def loud_s(self) -> float:
        """Seconds that went out and are not silent."""
        return 0.02 * sum(np.abs(samples).max() > LOUD // 2 for _, samples in self.frames)

    async def run(self) -> None:
        """Take what is due until it is stopped."""
        while (frame := await self.audio.next_frame()) is not None:
            self.frames.append((asyncio.get_running_loop().time(), frame.samples))


@asynccontextmanager
async def playing() -> AsyncIterator[Playing]:
    it = Playing()
    reading = asyncio.ensure_future(it.run())
    yield it
    it.audio.stop()
    await reading


def in_a_thread(*calls: object) -> None:
    def run() -> None:
        for call in calls:
            call()  # type: ignore[operator]

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


async def test_it_goes_out_in_real_time_and_play_waits_when_enough_is_queued() -> None:
    async with playing() as it:
        await it.audio.play(sound(2.0))
        assert asyncio.get_running_loop().time() == pytest.approx(1.4, abs=0.1)
        await it.audio.drain()
        assert asyncio.get_running_loop().time() == pytest.approx(2.0, abs=0.1)
        assert it.loud_s == pytest.approx(2.0, abs=0.03)
        assert it.audio.played_s == pytest.approx(2.0, abs=0.003)


async def test_holding_keeps_what_is_queued_and_does_not_count_on() -> None:
    async with playing() as it:
        await it.audio.play(sound(0.4))
        await asyncio.sleep(0.2)
        in_a_thread(it.audio.hold, it.audio.hold)
        await asyncio.sleep(0.05)
        loud, played = it.loud_s, it.audio.played_s
        draining = asyncio.ensure_future(it.audio.drain())
        await asyncio.sleep(10)
        assert (it.loud_s, it.audio.played_s) == (loud, played)
        assert not draining.done()
        in_a_thread(it.audio.release)
        await draining
        assert it.audio.played_s == pytest.approx(0.4, abs=0.003)
        assert it.frames[-2][0] > 10


async def test_clearing_drops_what_is_queued_and_what_is_on_its_way() -> None:
    async with playing() as it:
        order: list[float] = []
        it.audio.before_clear(lambda: order.append(it.audio.played_s))
        chunk = asyncio.ensure_future(it.audio.play(sound(5.0)))
        await asyncio.sleep(1.0)
        it.audio.clear()
        assert not order, "not in the middle of somebody's turn"
        await chunk
        await it.audio.drain()
        assert order == [pytest.approx(1.0, abs=0.05)]
        assert it.audio.played_s == pytest.approx(1.0, abs=0.05)
        assert asyncio.get_running_loop().time() < 1.2


async def test_what_comes_after_a_clearing_is_played() -> None:
    async with playing() as it:
        await it.audio.play(sound(0.4))
        it.audio.clear()
        await asyncio.sleep(0)
        await it.audio.play(sound(0.2))
        await it.audio.drain()
        assert it.loud_s == pytest.approx(0.24, abs=0.03), "with two frames from before"


async def test_what_goes_out_is_told() -> None:
    async with playing() as it:
        await it.audio.play(sound(0.1))
        await it.audio.drain()
        assert [pcm.samples.shape for pcm in it.told] == [(1, 960)] * len(it.frames)


async def test_who_waits_for_the_first_of_it_is_told_when_that_goes_out() -> None:
    async with playing() as it:
        await it.audio.play(sound(0.2))
        await it.audio.drain()
        before, at = it.audio.played_s, asyncio.get_running_loop().time()
        waiting = asyncio.ensure_future(it.audio.until_played(before))
        await asyncio.sleep(1)
        it.audio.hold()
        await it.audio.play(sound(0.2))
        await asyncio.sleep(1)
        assert not waiting.done(), "it is held"
        it.audio.release()
        await waiting
        assert asyncio.get_running_loop().time() - at == pytest.approx(2, abs=0.03)
        await it.audio.until_played(before)


async def test_stopping_frees_everybody() -> None:
    audio = OutgoingAudio()
    waiting = [
        asyncio.ensure_future(each)
        for each in (audio.play(sound(60)), audio.drain(), audio.until_played(0))
    ]
    await asyncio.sleep(1)
    assert not any(each.done() for each in waiting), "nobody takes it"
    audio.stop()
    await asyncio.gather(*waiting)
    assert await audio.next_frame() is None


def test_when_its_loop_is_gone_nothing_happens() -> None:
    async def make() -> OutgoingAudio:
        return OutgoingAudio()

    audio = asyncio.run(make())
    audio.clear()
    audio.hold()
    audio.release()
    assert audio.played_s == 0.0


def conversation(number: int) -> EmittedAudio:
    """Return 20 ms of what a microphone hears: a second of speech, half a second of a room."""
    level = LOUD if number % 75 < 50 else 20
    return parse_audio((RATE, np.full(960, level, np.int16)))


@pytest.mark.parametrize("burst", [0.3, 0.9, 5.0])
async def test_an_echo_of_what_came_at_once_is_soon_as_prompt_as_before(burst: float) -> None:
    queue: asyncio.Queue[EmittedAudio] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def echo(audio: OutgoingAudio) -> None:
        while True:
            await audio.play(await queue.get())

    async with playing() as it:
        bursts = InputBursts(it.audio.allow_backlog)
        echoing = asyncio.ensure_future(echo(it.audio))
        start = loop.time()
        for number in range(1500):
            due = start + 0.02 * number
            # From the third second on nothing comes for a while, and then all that was missed.
            due = start + 3.0 + burst if 3.0 < due - start < 3.0 + burst else due
            await asyncio.sleep(max(0.0, due - loop.time()))
            bursts.came(0.02, loop.time())
            queue.put_nowait(conversation(number))
            if number == round((3.1 + burst) / 0.02):
                late = queue.qsize() * 0.02 + it.audio.queued_s
                assert late > burst - 0.15
        assert queue.qsize() <= 1  # the last one
        assert it.audio.queued_s < 0.1
        echoing.cancel()


async def test_a_source_that_is_ahead_on_purpose_loses_nothing_to_a_burst() -> None:
    async with playing() as it:
        start = asyncio.get_running_loop().time()
        for number in range(500):
            if number == 100:
                it.audio.allow_backlog(1.0)
            await it.audio.play(conversation(number))
            ahead = 0.02 * number - (asyncio.get_running_loop().time() - start)
            assert ahead < (0.6 if number < 100 else 1.6)
        await it.audio.drain()
        assert it.loud_s == pytest.approx(sum(n % 75 < 50 for n in range(500)) * 0.02, abs=0.021)
        assert it.audio.played_s == pytest.approx(10.0)
