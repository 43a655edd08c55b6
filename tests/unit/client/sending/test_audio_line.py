from __future__ import annotations

import asyncio

import numpy as np

from gradio_webrtc.client.sending.audio_line import AudioLine, Metronome
from gradio_webrtc.media.audio.pcm import Pcm
from tests.support.sessions import settle

RATE, FRAME = 8_000, 160


def constant(value: int, samples: int) -> Pcm:
    return Pcm(RATE, np.full((1, samples), value, np.int16))


async def test_there_is_silence_where_nothing_is_said():
    line = AudioLine(RATE)
    assert not line.frame(0.0).any()
    line.put(np.full(FRAME + 40, 7, np.int16))
    assert line.frame(0.02).shape == (1, FRAME)
    assert line.frame(0.04)[0, :41].tolist() == [7] * 40 + [0]


async def test_a_source_is_told_when_it_was_sent():
    line = AudioLine(RATE)
    source = line.source()
    source.begin()
    await source.put(constant(5, 3 * FRAME))
    finishing = asyncio.ensure_future(source.finish())
    await settle()
    for number in range(5):
        line.frame(number * 0.02)
    said = await finishing
    assert (said.began, said.ended, said.complete) == (0.0, 0.04, True)


async def test_a_source_waits_while_enough_waits_and_is_cut_off():
    line = AudioLine(RATE)
    source, behind = line.source(), line.source()
    source.begin()
    putting = asyncio.ensure_future(source.put(constant(5, 10 * RATE)))
    await settle()
    assert 0.5 * RATE < line.position < RATE
    line.frame(1.0)
    line.clear()
    await putting
    said = await source.finish()
    assert (said.began, said.complete) == (1.0, False)
    assert not line.frame(2.0).any()
    assert behind.cut_off
    assert not line.source().cut_off


async def test_a_room_is_heard_behind_what_is_said():
    line = AudioLine(RATE, np.full(2 * FRAME, 3, np.int16))
    line.put(np.full(FRAME // 2, 32_766, np.int16))
    frame = line.frame(0.0)[0]
    assert frame[0] == 32_767
    assert frame[-1] == 3
    assert line.frame(0.02)[0, 0] == 3


async def test_rates_are_brought_to_the_lines():
    line = AudioLine(48_000)
    source = line.source()
    source.begin()
    await source.put(constant(1_000, RATE // 4))
    finishing = asyncio.ensure_future(source.finish())
    await settle()
    assert abs(line.position - 12_000) < 20
    line.clear()
    await finishing


async def test_a_metronome_does_not_catch_up_what_is_long_past():
    metronome = Metronome()
    first = await metronome.tick()
    assert await metronome.tick() - first >= 0.015
    metronome._due = first - 10.0
    now = await metronome.tick()
    assert metronome._due is not None
    assert metronome._due >= now
