"""Audio for many viewers."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.opus import FRAME_SAMPLES, OpusDecoder
from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.media.sharing.key_frame_group import PackedFrame
from gradio_webrtc.transports.sharing.shared_audio import SharedAudio
from gradio_webrtc.transports.sharing.viewer import AudioForm, Viewer


def viewer(form: AudioForm | None) -> Viewer:
    made = Viewer()
    made.audio_form = form
    return made


@pytest.mark.parametrize("channels", [1, 2])
async def test_opus_is_made_once_and_samples_go_as_they_are(channels: int) -> None:
    audio = SharedAudio(None)
    opus, other_opus, samples, none = (viewer(form) for form in ("opus", "opus", "samples", None))
    frames = [Frame(np.full((channels, FRAME_SAMPLES), 99, np.int16), 960 * n) for n in range(3)]
    for frame in frames:
        audio.send(frame, [opus, other_opus, samples, none])
    assert audio.encoded == 3
    assert [len(each.audio) for each in (opus, other_opus, samples, none)] == [3, 3, 3, 0]
    first = await opus.audio.next()
    assert isinstance(first, PackedFrame)
    assert await other_opus.audio.next() is first
    assert OpusDecoder(channels).decode(first.payloads[0]).shape == (channels, FRAME_SAMPLES)
    assert (await opus.audio.next()).timestamp == 960  # type: ignore[union-attr]
    assert await samples.audio.next() is frames[0]


async def test_nothing_is_encoded_when_nobody_takes_opus() -> None:
    audio = SharedAudio(32_000)
    audio.send(Frame(np.zeros((1, FRAME_SAMPLES), np.int16), 0), [viewer("samples")])
    assert audio.encoded == 0


async def test_copies_are_made_when_one_in_four_loses_some() -> None:
    audio = SharedAudio(None)
    viewers = [viewer("opus") for _ in range(5)]
    quiet = np.zeros((1, FRAME_SAMPLES), np.int16)
    for losing, copies in ((0, False), (1, False), (2, True), (1, False)):
        for number, each in enumerate(viewers):
            each.loses_audio = number < losing
        audio.send(Frame(quiet, 0), viewers)
        assert audio._opus.copies is copies
