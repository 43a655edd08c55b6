"""What the caller of a simulated call says, 20 ms at a time."""

from __future__ import annotations

import asyncio

import numpy as np

from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.simulated_calls.playout import FRAME_BYTES, SILENCE
from gradio_webrtc.simulated_calls.voice import Voice

QUIET = SILENCE * FRAME_BYTES


async def test_a_sentence_is_said_in_whole_frames_and_then_there_is_silence() -> None:
    voice = Voice()
    sentence = voice.say((16_000, np.full(800, 5_000, np.int16)), 1.0)  # 50 ms
    pieces = []
    for number in range(3):
        piece, whose = voice.next()
        assert whose is sentence
        pieces.append(piece)
        assert sentence.said.is_set() == (number == 3)
        sentence.sent(2.0 + number)
    assert sentence.said.is_set()
    assert (sentence.began, sentence.ended) == (2.0, 4.0)
    levels = mu_law.decode(b"".join(pieces))[0]
    assert np.median(levels[:300]) == np.clip(np.median(levels[:300]), 4_800, 5_200)
    assert not levels[400:].any()
    assert voice.next() == (QUIET, None)


async def test_what_is_said_together_is_said_one_after_the_other() -> None:
    voice = Voice()
    first = voice.say((8_000, np.full(160, 1_000, np.int16)), 0.0)
    second = voice.say((8_000, np.full(160, 2_000, np.int16)), 0.0)
    assert [voice.next()[1] for _ in range(3)] == [first, second, None]


async def test_the_room_is_heard_where_nothing_is_said() -> None:
    room = np.repeat(np.array([100, 200], np.int16), 160)
    voice = Voice(room)
    heard = [voice.next()[0] for _ in range(4)]
    assert heard[0] == heard[2] != heard[1] == heard[3]
    assert {piece[0] for piece in heard} == {mu_law.encode(room)[0], mu_law.encode(room)[-1]}


async def test_nothing_is_said_at_once() -> None:
    assert Voice().say((8_000, np.zeros(0, np.int16)), 0.0).said.is_set()


async def test_who_waits_for_a_sentence_that_never_will_be_said_waits_no_longer() -> None:
    voice = Voice()
    sentence = voice.say((8_000, np.zeros(1600, np.int16)), 0.0)
    voice.stop()
    await asyncio.wait_for(sentence.said.wait(), 1)
    assert voice.next() == (QUIET, None)
