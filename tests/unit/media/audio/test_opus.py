"""Sound survives Opus, one packet a frame."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.audio import opus
from gradio_webrtc.media.audio.opus import OpusDecoder, OpusEncoder, packet_samples
from tests.unit.media.tones import as_pcm, judge, tone


def frames(channels: int, count: int = 50) -> np.ndarray:
    tones = [tone(48_000, 600.0 * (n + 1), 0.0, 960 * count) for n in range(channels)]
    return as_pcm(48_000, tones, "int16").samples


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("heard_in", [1, 2])
def test_a_tone_survives(channels: int, heard_in: int) -> None:
    encoder, decoder = OpusEncoder(channels), OpusDecoder(heard_in)
    whole, heard = frames(channels), []
    for start in range(0, whole.shape[1], 960):
        packet = encoder.encode(whole[:, start : start + 960], start)
        assert (packet.pts, packet.time_base) == (start, Fraction(1, 48_000))
        assert packet_samples(bytes(packet)) == 960
        heard.append(decoder.decode(bytes(packet)))
        assert heard[-1].shape == (heard_in, 960)
        assert heard[-1].dtype == np.int16
    sound = np.concatenate(heard, axis=1)
    if channels == heard_in:
        for number, channel in enumerate(sound):
            verdict = judge(channel, 48_000, 600.0 * (number + 1), 2_000)
            assert verdict.noise < -25
            assert verdict.amplitude == pytest.approx(0.5, rel=0.05)
    assert np.abs(sound.astype(int)).max() > 5_000


def test_pts_may_jump_over_a_silence() -> None:
    encoder, quiet = OpusEncoder(), np.zeros((1, 960), np.int16)
    given = [0, 960, 96_000, 96_960, 2**33]
    assert [encoder.encode(quiet, pts).pts for pts in given] == given


def test_a_frame_of_another_shape_is_refused() -> None:
    with pytest.raises(MediaFormatError, match=r"\(1, 960\).*\(2, 960\)"):
        OpusEncoder(1).encode(np.zeros((2, 960), np.int16), 0)


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"\xff\xff\xff", b"\x03\x00", b"\x01\x02\x03\x04"]
)
def test_broken_packets_are_survived(payload: bytes) -> None:
    decoder = OpusDecoder(1)
    assert decoder.decode(payload).shape[0] == 1
    packet = OpusEncoder(1).encode(frames(1, 1), 0)
    assert decoder.decode(bytes(packet)).shape == (1, 960)


@pytest.mark.parametrize(
    ("payload", "samples"),
    [
        (b"", 960),
        (bytes([3 << 3]), 2_880),
        (bytes([13 << 3]), 960),
        (bytes([16 << 3]), 120),
        (bytes([31 << 3]), 960),
        (bytes([(31 << 3) | 1]), 1_920),
        (bytes([(1 << 3) | 3, 3]), 2_880),
    ],
)
def test_durations_are_read_from_the_packet(payload: bytes, samples: int) -> None:
    assert packet_samples(payload) == samples


def test_ffmpegs_decoder_stands_in_where_there_is_no_libopus_to_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, encoder = frames(1, 20), OpusEncoder(1, 32_000, 5, "voip")
    packets = [bytes(encoder.encode(whole[:, at : at + 960], at)) for at in range(0, 19_200, 960)]
    direct = OpusDecoder(1)
    monkeypatch.setattr(opus, "libopus", lambda: None)
    ffmpegs = OpusDecoder(1)
    for packet in packets:
        assert np.array_equal(direct.decode(packet), ffmpegs.decode(packet))
    assert direct.recover(packets[-1], 1_000).shape == (1, 960)
    assert ffmpegs.recover(packets[-1], 1_000).shape == (1, 0)


def test_expected_loss_adds_redundancy_to_speech() -> None:
    encoder = OpusEncoder(1, bitrate=24_000, application="voip", expected_loss=20)
    assert packet_samples(bytes(encoder.encode(frames(1, 1), 0))) == 960


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    "settings",
    [
        (None, 5, "lowdelay", 0),
        (64_000, 10, "audio", 0),
        (24_000, 5, "voip", 0),
        (32_000, 5, "voip", 15),
    ],
)
def test_libopus_called_directly_makes_the_bytes_that_ffmpeg_makes(
    monkeypatch: pytest.MonkeyPatch, channels: int, settings: Any
) -> None:
    noise = np.random.default_rng(1).normal(0, 900, (channels, 960 * 60))
    whole = (frames(channels, 60) * np.linspace(0, 1, 960 * 60) + noise).astype(np.int16)
    whole[:, 960 * 20 : 960 * 30] = 0
    direct = OpusEncoder(channels, *settings)
    monkeypatch.setattr(opus, "libopus_that_encodes", lambda: None)
    ffmpegs = OpusEncoder(channels, *settings)
    for at in range(0, whole.shape[1], 960):
        here, there = (each.encode(whole[:, at : at + 960], at) for each in (direct, ffmpegs))
        assert bytes(here) == bytes(there)
        assert (here.pts, here.dts, here.time_base) == (there.pts, there.dts, there.time_base)
