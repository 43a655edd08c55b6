"""Received frames become pictures, of no larger area than was agreed."""

from __future__ import annotations

from fractions import Fraction

import av
import pytest

from gradio_webrtc.media.video.decoder import VideoDecoder
from gradio_webrtc.media.video.encoded_video import Codec, EncodedFrame
from tests.support.raw_media import encode, encoded

CODECS: list[tuple[Codec, str]] = [("VP8", "libvpx"), ("H264", "libx264")]
both = pytest.mark.parametrize(("codec", "encoder"), CODECS)


def frame(data: bytes, timestamp: int = 0) -> EncodedFrame:
    return EncodedFrame(data, timestamp, key=True, arrival=0.0)


@both
def test_each_frame_is_a_picture_with_its_timestamp(codec: Codec, encoder: str) -> None:
    decoder = VideoDecoder(codec, (320, 240))
    for number, data in enumerate(encode(encoder, 320, 240, 3)):
        stamp = (1 << 33) + 3000 * number  # unwrapped: RTP's own would have begun anew
        [picture] = decoder.decode(frame(data, stamp))
        assert (picture.width, picture.height) == (320, 240)
        assert (picture.pts, picture.time_base) == (stamp, Fraction(1, 90_000))
        assert picture.to_ndarray(format="gray").mean() == pytest.approx(
            (100 + number - 16) * 255 / 219, abs=5
        )


@both
def test_a_larger_picture_than_agreed_is_refused(codec: Codec, encoder: str) -> None:
    data = encoded(encoder, 1920, 1080)
    with pytest.raises(av.FFmpegError):
        VideoDecoder(codec, (1280, 720)).decode(frame(data))
    for limit in ((1920, 1080), (1080, 1920)):  # it is the area that counts
        assert VideoDecoder(codec, limit).decode(frame(data))


@both
def test_damage_is_an_error_and_the_next_key_frame_none(codec: Codec, encoder: str) -> None:
    decoder = VideoDecoder(codec, (320, 240))
    with pytest.raises(av.FFmpegError):
        decoder.decode(frame(b"\x10\x02\x00\x9d\x01" if codec == "VP8" else b"\0\0\1\x65\x88\x84"))
    assert decoder.decode(frame(encoded(encoder, 320, 240)))
