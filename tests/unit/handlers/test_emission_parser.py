"""What user code may emit, what becomes of it, and the words for what it may not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emission_parser import EmissionParser
from gradio_webrtc.handlers.emitted import AdditionalOutputs, Boundary, CloseStream
from gradio_webrtc.media import file_source
from gradio_webrtc.media.timed_media import TimedAudio, TimedPicture

CHUNK = (48_000, np.zeros((1, 960), np.int16))
PICTURE = np.zeros((4, 6, 3), np.uint8)
OUTPUTS, CLOSE = AdditionalOutputs("said"), CloseStream("Bye")

AUDIO = EmissionParser("Robot.emit", ("audio",))
VIDEO = EmissionParser("Robot.video_emit", ("video",), "bgr24")
BOTH = EmissionParser("show", ("audio", "video"))


def found(emission: Emission) -> set[str]:
    """Return what is in it."""
    names = ("audio", "video", "encoded", "outputs", "close")
    return {name for name in names if getattr(emission, name) is not None}


@pytest.mark.parametrize("parser", [AUDIO, VIDEO, BOTH])
@pytest.mark.parametrize("value", [None, Boundary()])
def test_nothing_is_an_empty_emission(parser: EmissionParser, value: Any) -> None:
    assert parser.parse(value) == Emission()


@pytest.mark.parametrize("parser", [AUDIO, BOTH])
def test_audio_alone_timed_and_with_something_beside_it(parser: EmissionParser) -> None:
    for value, time in ((CHUNK, None), ((*CHUNK, "mono"), None), (TimedAudio(CHUNK, 2.0), 2.0)):
        alone = parser.parse(value)
        assert found(alone) == {"audio"}
        assert alone.audio is not None
        assert alone.audio.samples is CHUNK[1]
        assert (alone.audio.sample_rate, alone.audio.time) == (48_000, time)
        assert found(parser.parse((value, OUTPUTS))) == {"audio", "outputs"}
        assert parser.parse((value, CLOSE)).close is CLOSE


@pytest.mark.parametrize("parser", [VIDEO, BOTH])
def test_video_alone_timed_and_with_something_beside_it(parser: EmissionParser) -> None:
    for value, time in ((PICTURE, None), (TimedPicture(PICTURE, 2.0), 2.0)):
        alone = parser.parse(value)
        assert found(alone) == {"video"}
        assert alone.video is not None
        assert alone.video.picture is PICTURE
        assert alone.video.time == time
        assert alone.video.frame_format == ("bgr24" if parser is VIDEO else "rgb24")
        assert parser.parse((value, OUTPUTS)).outputs is OUTPUTS


@pytest.mark.parametrize("parser", [AUDIO, VIDEO, BOTH])
def test_what_is_no_media(parser: EmissionParser) -> None:
    assert parser.parse(OUTPUTS) == Emission(outputs=OUTPUTS)
    assert parser.parse(CLOSE) == Emission(close=CLOSE)
    assert parser.parse((None, OUTPUTS)) == Emission(outputs=OUTPUTS)


@pytest.mark.parametrize("parser", [AUDIO, VIDEO, BOTH])
@pytest.mark.parametrize("value", ["a.mp3", b"ID3", b"", next(file_source("a.mp4"))])
def test_whatever_is_encoded(parser: EmissionParser, value: Any) -> None:
    for whole in (value, (value, OUTPUTS), (value, CLOSE), (value, None)):
        emission = parser.parse(whole)
        assert "encoded" in found(emission)
        assert emission.encoded is not None
        assert emission.encoded.value is value
    assert parser.parse((value, OUTPUTS)).outputs is OUTPUTS
    assert found(parser.parse((value, OUTPUTS)).without_media()) == {"outputs"}


def test_a_picture_and_its_sound() -> None:
    for pair in ((PICTURE, CHUNK), (TimedPicture(PICTURE, 1.0), TimedAudio(CHUNK, 1.0))):
        assert found(BOTH.parse(pair)) == {"audio", "video"}
        assert found(BOTH.parse((pair, OUTPUTS))) == {"audio", "video", "outputs"}


@pytest.mark.parametrize(
    ("parser", "value", "words"),
    [
        (AUDIO, ["sound"], r"Expected audio as .* got list\. It came from Robot\.emit\."),
        (AUDIO, PICTURE, r"Expected audio as .* uint8 array of shape .* from Robot\.emit\."),
        (AUDIO, CHUNK[::-1], r"got \(array, sample_rate\): swap the two\. It came from"),
        (AUDIO, (CHUNK, CHUNK), r"Expected a frame, .* tuple of \(tuple, tuple\)\. It came from"),
        (AUDIO, TimedPicture(PICTURE, 0.0), "got TimedPicture"),
        (VIDEO, CHUNK, r"Expected a uint8 array .*\"bgr24\"; got tuple.* Robot\.video_emit\."),
        (VIDEO, PICTURE / 255, r"got dtype float64: .* It came from Robot\.video_emit\."),
        (VIDEO, TimedPicture(None, 0.0), "got NoneType"),  # type: ignore[arg-type]
        (BOTH, 3, r"With modality=\"audio-video\", expected sound .* got int\. .* from show\."),
        (BOTH, (PICTURE, (0, CHUNK[1])), "1000 to 384000 Hz; got 0"),
        (BOTH, ("a.mp4", CHUNK), "expected sound .*; got str"),
        (BOTH, ((PICTURE, PICTURE), OUTPUTS), "expected sound .*; got tuple"),
    ],
)
def test_the_words_for_what_is_wrong(parser: EmissionParser, value: Any, words: str) -> None:
    with pytest.raises(MediaFormatError, match=words):
        parser.parse(value)


def test_what_is_shown_to_nobody_may_be_anything() -> None:
    unseen = EmissionParser("count", ("video",), shown=False)
    for value in (PICTURE, 3.5, object()):
        assert found(unseen.parse(value)) == {"video"}
    assert unseen.parse((object(), OUTPUTS)).outputs is OUTPUTS
