"""Audio and frames of a container, in its order, at its times, of its part that is wanted."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.container import ContainerDecoder, Item, Picture, Stretch
from gradio_webrtc.media.decoding.decoded_audio import CHUNK_S
from gradio_webrtc.media.emitted_media import MediaKind
from tests.support.encoded_files import encode_audio, encode_video, number_of, tone

BOTH: frozenset[MediaKind] = frozenset({"audio", "video"})
AUDIO: frozenset[MediaKind] = frozenset({"audio"})
VIDEO: frozenset[MediaKind] = frozenset({"video"})


def items(content: bytes, kinds: frozenset[MediaKind] = AUDIO, **options: Any) -> Iterator[Item]:
    with av.open(io.BytesIO(content)) as container:
        yield from ContainerDecoder(container, kinds, "a.bin", **options)


def audio_of(found: list[Item]) -> list[Stretch]:
    return [item for item in found if isinstance(item, Stretch)]


def pictures_of(found: list[Item]) -> list[Picture]:
    return [item for item in found if isinstance(item, Picture)]


def seconds(found: list[Item]) -> float:
    return sum(item.sound.duration for item in audio_of(found))


def samples(found: list[Item]) -> npt.NDArray[Any]:
    return np.concatenate([item.sound.samples for item in audio_of(found)], axis=1)


@pytest.mark.parametrize("fmt", ["mp4", "flac", "wav", "webm"])
def test_audio_follows_without_a_seam_from_the_beginning(fmt: str) -> None:
    whole = tone(0.5)
    found = list(items(encode_audio(whole, fmt)))
    at = 0.0
    for item in audio_of(found):
        assert item.time == pytest.approx(at, abs=1e-6)
        at += item.sound.duration
    assert at == pytest.approx(0.5, abs=0.03 if fmt == "webm" else 1e-6)
    assert all(item.sound.duration >= CHUNK_S for item in audio_of(found)[:-1])


def test_the_samples_are_those_that_went_in() -> None:
    whole = tone(0.25)
    found = samples(list(items(encode_audio(whole, "flac"))))
    scale = 32_768 if found.dtype == np.int16 else 1
    assert np.abs(found[0] / scale - whole).max() < 1e-4


def test_frames_carry_their_times_and_their_order() -> None:
    found = list(items(encode_video(0.5, samples=tone(0.5)), BOTH))
    pictures = pictures_of(found)
    assert [picture.time for picture in pictures] == pytest.approx(
        [number / 30 for number in range(15)], abs=1e-3
    )
    assert [number_of(picture.frame) for picture in pictures] == list(range(15))
    assert seconds(found) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("kinds", "there"), [(AUDIO, {Stretch}), (VIDEO, {Picture})])
def test_only_what_is_wanted_is_decoded(
    kinds: frozenset[MediaKind], there: set[type[Item]]
) -> None:
    content = encode_video(0.2, samples=tone(0.2))
    assert {type(item) for item in items(content, kinds)} == there


def test_a_part_is_cut_out_to_the_sample() -> None:
    whole = tone(2.0)
    found = list(items(encode_audio(whole, "flac"), start=0.5, end=1.25))
    assert audio_of(found)[0].time == 0.0
    part = samples(found)
    assert part.shape[1] == pytest.approx(0.75 * 48_000, abs=1)
    scale = 32_768 if part.dtype == np.int16 else 1
    assert np.abs(part[0, :30_000] / scale - whole[24_000:54_000]).max() < 1e-4


def test_a_part_of_both_is_in_step_from_its_own_beginning() -> None:
    content = encode_video(2.0, samples=tone(2.0))
    found = list(items(content, BOTH, start=1.5, end=1.8))
    numbers = [number_of(picture.frame) for picture in pictures_of(found)]
    times = [picture.time for picture in pictures_of(found)]
    assert numbers == [number % 50 for number in range(45, 54)]
    assert times == pytest.approx([number / 30 for number in range(9)], abs=2e-3)
    assert seconds(found) == pytest.approx(0.3, abs=0.001)
    assert audio_of(found)[0].time == pytest.approx(0.0, abs=1e-3)


def test_behind_the_end_there_is_nothing() -> None:
    assert seconds(list(items(encode_audio(tone(0.2), "flac"), start=5.0))) == 0.0


def test_the_last_time_of_a_stream_is_known() -> None:
    with av.open(io.BytesIO(encode_audio(tone(0.5), "mpegts"))) as container:
        decoder = ContainerDecoder(container, AUDIO, "a.ts")
        assert decoder.last_time is None
        assert list(decoder)
        first = container.start_time
        assert first is not None
        assert decoder.last_time == pytest.approx(first / av.time_base + 0.5, abs=0.06)


def test_without_the_kind_that_is_wanted_it_is_refused() -> None:
    with pytest.raises(MediaFileError, match=r"a\.bin: it has no pictures"):
        list(items(encode_audio(tone(0.1), "flac"), VIDEO))


def until_error(found: Iterator[Item], collected: list[Item]) -> None:
    for item in found:
        collected.append(item)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[: len(data) * 6 // 10], r"after 1\.\d\d s"),
        (lambda data: data[:3000] + bytes(len(data) - 3000), r"after 0\.\d\d s"),
    ],
    ids=["cut off", "damaged"],
)
def test_what_is_wrong_is_said_after_what_could_be_decoded(
    damage: Callable[[bytes], bytes], words: str, tmp_path: Any
) -> None:
    options = {"movflags": "faststart"}
    data = encode_audio(tone(2.0), "mp4", options=options, path=tmp_path / "a.mp4")
    index = data.index(b"mdat") + 4
    collected: list[Item] = []
    with pytest.raises(MediaFileError, match=words):
        until_error(items(data[:index] + damage(data[index:])), collected)
    assert 0.05 < seconds(collected) < 1.6


def test_one_that_is_shorter_than_it_says_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    data = encode_audio(tone(2.0), "webm")
    there = seconds(list(items(data[: len(data) // 2])))
    assert 0.5 < there < 1.5
    assert re.search(r"a\.bin is [01]\.\d\d s shorter than it says", caplog.text)


def test_a_part_that_was_asked_for_is_not_too_short(caplog: pytest.LogCaptureFixture) -> None:
    assert seconds(list(items(encode_audio(tone(2.0), "flac"), end=0.5))) == pytest.approx(0.5)
    assert not caplog.records
