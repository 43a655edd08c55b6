"""What user code emits, taken apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.handlers.emitted import (
    AdditionalOutputs,
    Boundary,
    CloseStream,
    Emitted,
    split_emitted,
)

AUDIO = (24_000, np.zeros((1, 480), np.int16))
PICTURE = np.zeros((4, 4, 3), np.uint8)
OUTPUTS = AdditionalOutputs("a", 1)
CLOSE = CloseStream("bye")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Emitted()),
        (OUTPUTS, Emitted(outputs=OUTPUTS)),
        (CLOSE, Emitted(close=CLOSE)),
        ("file.wav", Emitted(media="file.wav")),
        (b"RIFF", Emitted(media=b"RIFF")),
        (("frame", OUTPUTS), Emitted(media="frame", outputs=OUTPUTS)),
        (("frame", CLOSE), Emitted(media="frame", close=CLOSE)),
        ((None, OUTPUTS), Emitted(outputs=OUTPUTS)),
    ],
)
def test_values_are_taken_apart(value: Any, expected: Emitted) -> None:
    assert split_emitted(value) == expected


@pytest.mark.parametrize("rate", [24_000, np.int64(24_000), np.int32(8000)])
@pytest.mark.parametrize("layout", [(), ("mono",), ("stereo",)])
def test_audio_is_media_whatever_its_length(rate: Any, layout: tuple[str, ...]) -> None:
    value = (rate, AUDIO[1], *layout)
    assert split_emitted(value).media is value
    paired = split_emitted((value, OUTPUTS))
    assert paired.media is value
    assert paired.outputs is OUTPUTS


def test_a_picture_is_media_and_is_not_compared() -> None:
    assert split_emitted(PICTURE).media is PICTURE
    assert split_emitted((PICTURE, CLOSE)).media is PICTURE


@pytest.mark.parametrize("value", [(), ("a",), ("a", "b"), (PICTURE, PICTURE), (OUTPUTS, "a", "b")])
def test_other_tuples_say_what_was_expected_and_what_came(value: Any) -> None:
    with pytest.raises(MediaFormatError, match="Expected a frame") as caught:
        split_emitted(value)
    assert all(type(part).__name__ in str(caught.value) for part in value)


def test_additional_outputs_show_their_values() -> None:
    assert repr(AdditionalOutputs("a", 1)) == "AdditionalOutputs('a', 1)"
    assert CloseStream().msg == "Stream closed"


def test_a_boundary_has_nothing_to_play() -> None:
    assert split_emitted(Boundary()) == Emitted()
