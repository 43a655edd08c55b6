"""Senders whose times are only roughly right: nothing is put between samples that follow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.opus import OpusEncoder
from gradio_webrtc.media.audio.receiving.jitter_buffer import AudioJitterBuffer, Gap, Lost, Packet
from gradio_webrtc.media.audio.receiving.sender_clock import MAX_FILL
from gradio_webrtc.media.audio.receiving.stale_packets import StalePackets
from gradio_webrtc.transports.receiving.audio_receiver import AudioDecoder
from tests.unit.media.tones import few, judge, tone

FRAME = 960
CODEC = RTCRtpCodecParameters("audio/opus", clockRate=48_000, channels=2, payloadType=111)
PACKETS = 500
FREQUENCY = 440.0


def regular(random: np.random.Generator) -> Iterable[int]:
    return np.arange(PACKETS) * FRAME


def uneven_steps(random: np.random.Generator) -> Iterable[int]:
    """A camera: each time is 953 to 967 after the one before."""
    return np.cumsum(random.integers(953, 968, PACKETS))


def jitter(random: np.random.Generator) -> Iterable[int]:
    """Times of sending that are up to 5 ms off."""
    return np.arange(PACKETS) * FRAME + random.integers(-240, 241, PACKETS)


def both(random: np.random.Generator) -> Iterable[int]:
    return np.asarray(uneven_steps(random)) + random.integers(-240, 241, PACKETS)


def skewed(rate: float) -> Callable[[np.random.Generator], Iterable[int]]:
    """A clock that is faster than the microphone's by so many parts in a million."""
    return lambda _: np.rint(np.arange(PACKETS) * FRAME * (1 + rate / 1e6)).astype(int)


@pytest.mark.parametrize(
    "times",
    [
        regular,
        uneven_steps,
        jitter,
        both,
        skewed(200),
        skewed(-200),
        skewed(7_000),
        skewed(-7_000),
    ],
    ids=["regular", "uneven", "jitter", "both", "+200", "-200", "+7000", "-7000"],
)
async def test_a_tone_stays_a_tone(
    times: Callable[[np.random.Generator], Iterable[int]],
) -> None:
    sound = await decoded(times(np.random.default_rng(3)), lost=())
    assert sound.size == PACKETS * FRAME
    assert judge(sound, 48_000, FREQUENCY, 4_800).noise < -45


async def test_a_loss_among_uneven_times_is_concealed_at_its_length() -> None:
    lost = {100, 200, 201, 300, 301, 302, 400}
    times = both(np.random.default_rng(4))
    sound = await decoded(times, lost)
    assert sound.size == PACKETS * FRAME
    # In time with the tone as it was sent to the very end.
    whole = await decoded(regular(np.random.default_rng(4)), ())
    assert np.corrcoef(sound[-24_000:], whole[-24_000:])[0, 1] > 0.999


async def decoded(times: Iterable[int], lost: Iterable[int]) -> np.ndarray:
    """Return what comes out of packets with these times."""
    encoder = OpusEncoder(bitrate=128_000, application="audio")
    signal = np.rint(tone(48_000, FREQUENCY, 0.0, PACKETS * FRAME) * 32_767).astype(np.int16)
    heard: list[np.ndarray] = []
    decoder = AudioDecoder(
        lambda pcm: heard.append(pcm.samples[0]),
        asyncio.get_running_loop(),
        1,
        StalePackets(lambda: False, lambda late: None),
    )
    for number, time in enumerate(times):
        frame = signal[np.newaxis, number * FRAME : (number + 1) * FRAME]
        payload = bytes(encoder.encode(frame, number * FRAME))
        if number not in lost:
            timestamp = (int(time) + 2**32 - 50_000) % 2**32
            packet = RtpPacket(
                payload_type=111, sequence_number=number, timestamp=timestamp, payload=payload
            )
            decoder.add(packet, CODEC)
    decoder.close()
    return np.concatenate(heard)


def run(packets: Iterable[tuple[int, int, int]]) -> tuple[list[object], int]:
    """Return the events of packets ``(number, time, samples)`` and the length of the output."""
    buffer = AudioJitterBuffer(lambda payload: int.from_bytes(payload, "big"))
    events: list[object] = []
    for number, time, samples in packets:
        events += buffer.add(number, time % 2**32, samples.to_bytes(4, "big"), 0.0)
    length = 0
    for event in events:
        if isinstance(event, Packet):
            length += int.from_bytes(event.payload, "big")
        elif isinstance(event, Gap | Lost):
            length += event.samples
    return events, length


@few
@given(
    lengths=st.lists(st.sampled_from([480, 960, 1_920, 2_880]), min_size=30, max_size=80),
    silences=st.dictionaries(st.integers(2, 29), st.integers(2_880, 40_000), max_size=3),
    lost=st.sets(st.integers(2, 26), max_size=3),
    seed=st.integers(0, 99),
    noise=st.sampled_from([0, 7, 200]),
)
def test_packets_of_any_length_silences_and_losses_add_up(
    lengths: list[int], silences: dict[int, int], lost: set[int], seed: int, noise: int
) -> None:
    random = np.random.default_rng(seed)
    packets, time = [], 0
    for number, samples in enumerate(lengths):
        time += silences.get(number, 0)
        if number not in lost:
            packets.append((number, time + int(random.integers(-noise, noise + 1)), samples))
        time += samples
    # Three packets after a loss, which it is given up for.
    for _ in range(4):
        packets.append((packets[-1][0] + 1, time, 960))
        time += 960
    events, length = run(packets)
    gaps = [event for event in events if isinstance(event, Gap)]
    assert len(gaps) <= len(silences)
    # Lost packets are as long as the one before them if the time does not say clearly otherwise.
    unsure = (480 + 2 * noise) * len(lost) if noise else 0
    assert abs(length - time) <= (2 * noise + 1) * (1 + len(silences)) + unsure


def test_a_silence_is_filled_at_its_length_among_jitter() -> None:
    random = np.random.default_rng(5)
    packets = [
        (n, n * FRAME + (19_200 if n >= 50 else 0) + int(random.integers(-240, 241)), FRAME)
        for n in range(100)
    ]
    events, _ = run(packets)
    (gap,) = [event for event in events if isinstance(event, Gap)]
    assert abs(gap.samples - 19_200) <= 2 * 240


@pytest.mark.parametrize("jump", [-48_000, -(2**31) + 5, 60 * 48_000])
def test_a_clock_that_is_set_is_followed(jump: int) -> None:
    packets = [(n, n * FRAME + (jump if n >= 50 else 0), FRAME) for n in range(200) if n != 150]
    events, length = run(packets)
    filled = sum(event.samples for event in events if isinstance(event, Gap))
    assert filled == (MAX_FILL if jump > 0 else 0)
    assert [event.samples for event in events if isinstance(event, Lost)] == [FRAME]
    assert length == 200 * FRAME + filled
