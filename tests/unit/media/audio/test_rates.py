"""Sample rates as people write them, and what an absurd one may cost."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AlgoOptions, AsyncStreamHandler, ConfigurationError, Listener
from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.handlers.emitted import split_emitted
from gradio_webrtc.media.audio.pcm import (
    MIN_SAMPLE_RATE,
    Pcm,
    parse_chunk,
)
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.media.emitted_media import parse_audio
from gradio_webrtc.media.outgoing_audio import OutgoingAudio

SOUND = np.zeros(960, np.int16)
RATES = [24_000, 24_000.0, np.int32(24_000), np.float32(24_000), np.float64(24_000)]


class Handler(AsyncStreamHandler):
    def copy(self) -> Handler:
        return self

    async def receive(self, frame: Any) -> None:
        """Take it."""

    async def emit(self) -> Any:
        """Give nothing."""


@pytest.mark.parametrize("rate", [*RATES, np.array(24_000)], ids=lambda rate: type(rate).__name__)
def test_any_whole_number_is_a_rate(rate: Any) -> None:
    emitted = split_emitted((rate, SOUND)).media
    pcm = parse_chunk(emitted)
    assert (type(pcm.sample_rate), pcm.sample_rate) == (int, 24_000)
    assert parse_audio((rate, SOUND)).duration == 0.04
    handler = Handler(input_sample_rate=rate)
    assert (type(handler.input_sample_rate), handler.input_sample_rate) == (int, 24_000)


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: type(rate).__name__)
@pytest.mark.parametrize("samples", [SOUND, SOUND.reshape(1, -1), [0, 0]], ids=["1", "2", "list"])
def test_a_pair_the_wrong_way_round_is_told_so_where_handlers_emit_it(
    rate: Any, samples: Any
) -> None:
    emitted = split_emitted((samples, rate)).media
    with pytest.raises(MediaFormatError, match=r"got \(array, sample_rate\): swap the two"):
        parse_audio(emitted)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (24_000.5, "a whole number as the sample rate; got 24000.5"),
        (float("nan"), "1000 to 384000 Hz; got nan"),
        (float("inf"), "1000 to 384000 Hz; got inf"),
        (24, "got 24: it is in Hz, not in kHz"),
        (44.1, "got 44.1: it is in Hz, not in kHz"),
        (1, "1000 to 384000 Hz; got 1"),
        (10_000_000, "1000 to 384000 Hz; got 10000000"),
        (-48_000, "got -48000"),
    ],
)
def test_other_numbers_are_refused(rate: Any, words: str) -> None:
    with pytest.raises(MediaFormatError, match=words):
        parse_chunk((rate, SOUND))
    with pytest.raises(ConfigurationError, match="1000 to 384000"):
        Handler(input_sample_rate=rate)
    with pytest.raises(ConfigurationError, match="1000 to 384000"):
        Listener(rate)


@pytest.mark.parametrize("to", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("rate", [MIN_SAMPLE_RATE, 1_009, 44_057, 191_999, 383_999])
def test_no_rate_needs_a_large_table(rate: int, to: int) -> None:
    """It is made on the event loop; of 383,999 Hz to 8,000 it had 9.4 million entries."""
    resampler = StreamResampler(to, 1)
    out = resampler.push(Pcm(rate, np.zeros((1, rate), np.int16)))
    assert resampler._table is None or resampler._table.size < 300_000
    assert abs(out.shape[1] - to) <= resampler.lag + 1


async def test_an_hour_of_sound_does_not_hold_up_the_event_loop() -> None:
    out = OutgoingAudio()
    hour = np.broadcast_to(np.zeros((1, 1)), (1, 48_000 * 3_600))  # 64 bits, without the memory
    began = time.process_time()
    playing = asyncio.ensure_future(out.play(parse_audio((48_000, hour))))
    await asyncio.sleep(0)
    assert not playing.done()
    assert time.process_time() - began < 0.2
    playing.cancel()
    out.stop()


@pytest.mark.parametrize("seconds", [60.1, 1e9, float("inf"), float("nan"), 0, -1])
def test_a_window_that_cannot_be_kept_is_refused(seconds: float) -> None:
    with pytest.raises(ConfigurationError, match="audio_chunk_duration"):
        AlgoOptions(audio_chunk_duration=seconds, started_talking_threshold=0.0)
