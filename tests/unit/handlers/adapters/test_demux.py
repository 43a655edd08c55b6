"""One iterator that feeds sound and pictures: in order, bounded, and neither holds up the other."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.handlers.adapters.demux import CAPACITY_BYTES, Demux
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.handlers.protocol import EndOfStream
from gradio_webrtc.media.timed_media import TimedAudio, TimedPicture
from tests.support.emissions import parsed, value_of

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


def sound(number):
    return 48_000, np.full((1, 4), number, np.int16)


def picture(number, shape=(2, 2, 3)):
    return np.full(shape, number, np.uint8)


class Source:
    """Values for a ``Demux``; counts how many were taken."""

    def __init__(self, *values):
        self.values = iter(values)
        self.taken = 0

    async def __call__(self):
        await asyncio.sleep(0.001)
        self.taken += 1
        for value in self.values:
            if isinstance(value, Exception):
                raise value
            return parsed(value, "audio", "video")
        raise EndOfStream


def bare(value):
    """Return a picture without the time it was given, alone or in its pair."""
    if isinstance(value, tuple) and isinstance(value[0], TimedPicture):
        return value[0].picture, *value[1:]
    return value.picture if isinstance(value, TimedPicture) else value


async def all_of(demux, kind, pause=0.0):
    values = []
    while True:
        try:
            value = value_of(await asyncio.wait_for(demux.take(kind), 100))
        except EndOfStream:
            return values
        values.append(bare(value))
        await asyncio.sleep(pause)
        if isinstance(value, CloseStream):
            return values


async def both(demux, pause_audio=0.0, pause_video=0.0):
    return await asyncio.gather(
        all_of(demux, "audio", pause_audio), all_of(demux, "video", pause_video)
    )


def numbers(values):
    return [int((v[1] if isinstance(v, tuple) else v).flat[0]) for v in values]


async def test_each_kind_gets_its_own_in_order():
    values = [sound(0), picture(0), (picture(1), sound(1)), picture(2), sound(2), (sound(3))]
    heard, shown = await both(Demux(Source(*values), 4))
    assert numbers(heard) == [0, 1, 2, 3]
    assert numbers(shown) == [0, 1, 2]


async def test_timed_values_and_stereo_find_their_way():
    stereo = (48_000, np.zeros((2, 4), np.int16), "stereo")
    timed = TimedPicture(picture(1), 0.5), TimedAudio(sound(1), 0.5)
    heard, shown = await both(Demux(Source(*timed, stereo, timed), 4))
    assert [value[1] if isinstance(value, tuple) else value.chunk[1] for value in heard] == [
        timed[1].chunk[1],
        stereo[1],
        timed[1].chunk[1],
    ]
    assert [value is timed[0].picture for value in shown] == [True, True]


@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_a_kind_that_never_comes_holds_up_nothing(kind):
    make = sound if kind == "audio" else picture
    heard, shown = await both(Demux(Source(*(make(n) for n in range(100))), 4))
    assert len(heard if kind == "audio" else shown) == 100


@pytest.mark.parametrize("late", ["audio", "video"])
async def test_a_kind_that_ends_early_holds_up_nothing(late):
    first, second = (picture, sound) if late == "audio" else (sound, picture)
    values = [first(n) for n in range(20)] + [second(n) for n in range(20)]
    heard, shown = await both(Demux(Source(*values), 4))
    assert numbers(heard) == numbers(shown) == list(range(20))


async def test_it_is_stepped_only_while_there_is_room():
    source = Source(*(picture(n) for n in range(100)))
    demux = Demux(source, 4)
    hungry = asyncio.ensure_future(demux.take("audio"))
    await asyncio.sleep(10)
    assert source.taken == 4
    await demux.take("video")
    await asyncio.sleep(10)
    assert source.taken == 5
    hungry.cancel()
    await asyncio.wait({hungry})


async def test_nobody_hungry_means_no_step():
    source = Source(*((picture(n), sound(n)) for n in range(100)))
    demux = Demux(source, 50)
    await demux.take("audio")
    await demux.take("video")
    await asyncio.sleep(10)
    assert source.taken == 1


async def test_large_pictures_wait_in_smaller_numbers():
    large = picture(1, (CAPACITY_BYTES // 2 // 8192, 8192, 1))
    source = Source(*[large] * 10)
    demux = Demux(source, 30)
    hungry = asyncio.ensure_future(demux.take("audio"))
    await asyncio.sleep(10)
    assert source.taken == 2
    assert len(await all_of(demux, "video")) == 10
    with pytest.raises(EndOfStream):
        await hungry


async def test_a_slow_consumer_slows_the_source_and_loses_nothing():
    values = [(picture(n), sound(n)) for n in range(50)]
    heard, shown = await both(Demux(Source(*values), 4), pause_video=1.0)
    assert numbers(heard) == numbers(shown) == list(range(50))


async def test_outputs_keep_their_order_whatever_they_come_with():
    outputs = [AdditionalOutputs(n) for n in range(5)]
    values = [
        (sound(0), outputs[0]),
        (picture(1), outputs[1]),
        outputs[2],
        ((picture(3), sound(3)), outputs[3]),
        (sound(4), outputs[4]),
    ]
    heard, shown = await both(Demux(Source(*values), 4), pause_video=1.0)
    assert numbers(heard) == [0, 3, 4]
    carried = [value[1] if isinstance(value, tuple) else value for value in shown]
    assert carried == outputs


@pytest.mark.parametrize("slow", ["audio", "video"])
async def test_the_close_comes_after_both_kinds(slow):
    close = CloseStream("Enough.")
    values = [(picture(n), sound(n)) for n in range(5)] + [(sound(5), close), sound(6)]
    source = Source(*values)
    pauses = {f"pause_{slow}": 5.0}
    heard, shown = await both(Demux(source, 10), **pauses)
    # The kind that is consumed last brings it, when the other is over too.
    last, first = (heard, shown) if slow == "audio" else (shown, heard)
    assert last.pop() is close
    assert not any(value is close for value in first)
    assert numbers(heard) == list(range(6))
    assert numbers(shown) == list(range(5))
    assert source.taken == 6


async def test_a_failure_comes_out_once_and_the_other_kind_waits():
    source = Source(sound(0), ValueError("broken"), sound(1))
    demux = Demux(source, 4)
    await demux.take("audio")
    waiting = asyncio.ensure_future(demux.take("audio"))
    await asyncio.sleep(0)
    other = asyncio.ensure_future(demux.take("video"))
    with pytest.raises(ValueError, match="broken"):
        await waiting
    await asyncio.sleep(10)
    assert not other.done()
    assert source.taken == 2
    other.cancel()
    await asyncio.wait({other})


@pytest.mark.parametrize(
    "value", [3, ("hello", "hello"), (1.5, 2), (picture(1), picture(2), sound(1)), object()]
)
async def test_what_is_neither_is_refused(value):
    with pytest.raises(MediaFormatError, match=r"Expected|expected"):
        await Demux(Source(value), 4).take("audio")


async def test_bare_pictures_get_the_times_of_the_sound_they_came_with():
    tenth = 48_000, np.zeros((1, 4800), np.int16)
    values = [tenth, picture(0), tenth, picture(1), picture(2), (picture(3), tenth), tenth]
    demux = Demux(Source(*values), 10, fps=50)
    times = [(await demux.take("video")).video.time for _ in range(4)]
    assert times == pytest.approx([0.0, 0.1, 0.12, 0.2])
