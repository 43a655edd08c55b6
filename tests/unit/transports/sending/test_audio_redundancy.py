"""Copies of packets are sent while packets get lost, and no change of encoder is heard."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gradio_webrtc.media.audio.opus import FRAME_SAMPLES, OpusDecoder, OpusEncoder, has_speech_coder
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.transports.sending.audio_redundancy import (
    CALM_SECONDS,
    PATIENCE,
    QUIET,
    LossReports,
    RedundantOpus,
)
from tests.support.synthetic_speech import say


def test_copies_begin_with_a_bad_report_and_end_when_none_came_for_long() -> None:
    reports = LossReports()
    assert not reports.lossy(5 / 256, 0.0)  # one packet of fifty
    assert reports.lossy(6 / 256, 1.0)
    assert reports.lossy(0.0, CALM_SECONDS)
    assert not reports.lossy(0.0, CALM_SECONDS + 1.0)
    assert reports.lossy(0.3, CALM_SECONDS + 2.0)


def tone(frames: int, amplitude: int = 8_000, channels: int = 1) -> Int16Array:
    wave = amplitude * np.sin(np.arange(frames * FRAME_SAMPLES) * 2 * np.pi * 220 / 48_000)
    return np.tile(wave.astype(np.int16), (channels, 1))


def encoded(opus: RedundantOpus, sound: Int16Array, first: int = 0) -> list[bytes]:
    starts = range(0, sound.shape[1] - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    cut = (sound[:, start : start + FRAME_SAMPLES] for start in starts)
    return [bytes(opus.encode(each, first + n * FRAME_SAMPLES)) for n, each in enumerate(cut)]


def spoken_by(packets: list[bytes]) -> list[bool]:
    """Return for each packet whether the coder of speech made it, which alone makes copies."""
    return [has_speech_coder(packet) for packet in packets]


def test_on_a_clean_line_nothing_is_changed() -> None:
    plain = OpusEncoder(1)
    sound = tone(10)
    frames = [sound[:, at : at + FRAME_SAMPLES] for at in range(0, 9_600, FRAME_SAMPLES)]
    expected = [bytes(plain.encode(each, n * FRAME_SAMPLES)) for n, each in enumerate(frames)]
    assert encoded(RedundantOpus(), sound) == expected


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("bitrate", [None, 20_000, 1_000_000])
def test_the_encoder_changes_in_the_next_quiet_moment(channels: int, bitrate: int | None) -> None:
    opus = RedundantOpus(bitrate)
    encoded(opus, tone(5, channels=channels))
    opus.copies = True
    loud, quiet = tone(5, channels=channels), tone(2, QUIET - 28, channels)
    packets = encoded(opus, np.concatenate([loud, quiet, loud], axis=1), 5 * FRAME_SAMPLES)
    assert spoken_by(packets) == [False] * 6 + [True] * 6
    opus.copies = False
    packets = encoded(opus, np.concatenate([loud, quiet, loud], axis=1), 17 * FRAME_SAMPLES)
    assert spoken_by(packets) == [True] * 6 + [False] * 6


def test_it_changes_after_a_silence_in_which_nothing_was_sent() -> None:
    opus = RedundantOpus()
    encoded(opus, tone(5))
    opus.copies = True
    assert not any(spoken_by(encoded(opus, tone(5), 5 * FRAME_SAMPLES)))
    assert all(spoken_by(encoded(opus, tone(5), 50 * FRAME_SAMPLES)))


def test_what_is_never_quiet_is_not_waited_for_for_ever() -> None:
    opus = RedundantOpus()
    encoded(opus, tone(1))
    opus.copies = True
    packets = encoded(opus, tone(PATIENCE + 2), FRAME_SAMPLES)
    assert spoken_by(packets) == [False] * PATIENCE + [True] * 2


def decoded(packets: list[bytes], lost: frozenset[int] = frozenset()) -> NDArray[np.float64]:
    """Return what a receiver hears that uses copies, one row a packet."""
    decoder, rows = OpusDecoder(1), []
    for number, packet in enumerate(packets):
        if number in lost:
            rows.append(decoder.recover(packets[number + 1], FRAME_SAMPLES))
        else:
            rows.append(decoder.decode(packet))
    return np.stack([row[0] for row in rows]).astype(np.float64)


@pytest.mark.parametrize("copies", [True, False])
def test_the_change_is_not_heard(copies: bool) -> None:
    word = say("Yes, please.")
    word = word[: word.size // FRAME_SAMPLES * FRAME_SAMPLES]
    sound = np.concatenate([word, np.zeros(5 * FRAME_SAMPLES, np.int16), word])[np.newaxis]
    before, after, changed = RedundantOpus(), RedundantOpus(), RedundantOpus()
    before.copies, after.copies, changed.copies = not copies, copies, not copies
    packets = encoded(changed, sound[:, :9_600])
    changed.copies = copies
    packets += encoded(changed, sound[:, 9_600:], 9_600)
    at = spoken_by(packets).index(copies)
    assert 10 < at <= word.size // FRAME_SAMPLES + 1  # a pause within what is said will do
    heard, expected = decoded(packets), decoded(encoded(after, sound))
    assert np.array_equal(heard[:at], decoded(encoded(before, sound))[:at])
    assert np.abs(heard[at]).max() < QUIET
    assert np.abs(heard[at + 1] - expected[at + 1]).max() < QUIET


def test_what_is_lost_is_heard_nearly_as_it_was() -> None:
    """Beside the same losses where the same encoder makes no copies."""
    sound = say("Turn the light in the kitchen off.")[np.newaxis]
    opus, plain = RedundantOpus(), OpusEncoder(1, None, 5, "voip")
    opus.copies = True
    frames = range(sound.shape[1] // FRAME_SAMPLES)
    without = [
        bytes(plain.encode(sound[:, n * 960 : n * 960 + 960], n * FRAME_SAMPLES)) for n in frames
    ]
    lost = frozenset(range(4, len(frames) - 1, 4))

    def error(packets: list[bytes]) -> float:
        clean, lossy = decoded(packets), decoded(packets, lost)
        at = sorted(lost)
        return float(np.sum((clean[at] - lossy[at]) ** 2))

    assert error(encoded(opus, sound)) < 0.5 * error(without)
