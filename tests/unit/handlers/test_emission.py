"""What was emitted at once, and what is left of it without its media."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.media.decoding.encoded_input import EncodedInput
from gradio_webrtc.media.emitted_media import EmittedVideo, parse_audio

OUTPUTS, CLOSE = AdditionalOutputs(1), CloseStream()
MEDIA = (
    Emission(audio=parse_audio((48_000, np.zeros(960, np.int16))), outputs=OUTPUTS),
    Emission(video=EmittedVideo(np.zeros((2, 2, 3), np.uint8)), outputs=OUTPUTS),
    Emission(encoded=EncodedInput(b"ID3"), outputs=OUTPUTS),
)


def test_nothing_is_left_of_media_but_what_was_said_beside_it() -> None:
    assert [emission.without_media() for emission in MEDIA] == [Emission(outputs=OUTPUTS)] * 3
    assert Emission(encoded=EncodedInput(b""), close=CLOSE).without_media() == Emission(close=CLOSE)
    assert Emission(encoded=EncodedInput(b"")).without_media() == Emission()
