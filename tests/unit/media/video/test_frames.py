"""Pictures keep their colours, their orientation and their edges."""

from __future__ import annotations

import struct
import threading
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gradio_webrtc.errors import ConfigurationError, MediaFormatError
from gradio_webrtc.media.video import frames
from gradio_webrtc.media.video.frames import (
    FrameFormat,
    Picture,
    check_frame_format,
    checked_picture,
    to_array,
)
from tests.unit.media.tones import few

THREADS = Path("/proc/self/task")

COLOURS = {
    # BT.601 limited range, from ITU-R BT.601-7 section 2.5: (R, G, B) -> (Y, Cb, Cr)
    (0, 0, 0): (16, 128, 128),
    (255, 255, 255): (235, 128, 128),
    (255, 0, 0): (81, 90, 240),
    (0, 255, 0): (145, 54, 34),
    (0, 0, 255): (41, 240, 110),
}


def to_frame(picture: Picture, frame_format: FrameFormat = "rgb24") -> av.VideoFrame:
    return frames.to_frame(*checked_picture(picture, frame_format))


def plain(colour: tuple[int, ...], height: int = 48, width: int = 64) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


def smooth(height: int, width: int) -> np.ndarray:
    """Colours that change slowly, all different in the four corners."""
    down, across = np.mgrid[0:height, 0:width]
    red, green = 220 * across / max(width - 1, 1), 220 * down / max(height - 1, 1)
    blue = 200 - (red + green) / 3
    return np.stack([red + 20, green + 20, blue], axis=2).astype(np.uint8)


def untagged(frame: av.VideoFrame) -> av.VideoFrame:
    """As a decoder gives it: planes without a word about their colour space."""
    copy = av.VideoFrame(frame.width, frame.height, "yuv420p")
    for source, target in zip(frame.planes, copy.planes, strict=True):
        rows = np.frombuffer(source, np.uint8).reshape(source.height, source.line_size)
        padded = np.zeros((target.height, target.line_size), np.uint8)
        padded[:, : source.width] = rows[:, : source.width]
        target.update(padded.tobytes())
    return copy


@pytest.mark.parametrize(("rgb", "expected"), COLOURS.items())
def test_colours_on_the_wire_are_bt601_limited(
    rgb: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    for array, frame_format in ((plain(rgb), "rgb24"), (plain(rgb[::-1]), "bgr24")):
        frame = to_frame(array, frame_format)  # type: ignore[arg-type]  # strings of a table
        assert frame.format.name == "yuv420p"
        found = [int(np.frombuffer(plane, np.uint8)[0]) for plane in frame.planes]
        assert np.abs(np.subtract(found, expected)).max() <= 1
        # One step of the wire's eight bits is up to three of RGB, and BGR is rounded coarsely.
        back = to_array(untagged(frame), frame_format)  # type: ignore[arg-type]
        assert np.abs(back.astype(int) - array).max() <= 5


@pytest.mark.parametrize("kind", ["rgb24", "bgr24"])
def test_the_edges_of_coloured_lines_are_not_blurred(kind: Any) -> None:
    lines = plain((255, 255, 255))
    lines[8:10] = lines[20:24] = lines[:, 30:32] = (220, 0, 40)
    picture = lines if kind == "rgb24" else np.ascontiguousarray(lines[..., ::-1])
    assert np.abs(to_array(to_frame(picture, kind), kind).astype(int) - picture).max() <= 5


@few
@given(
    height=st.integers(1, 90), width=st.integers(1, 150), kind=st.sampled_from(["rgb24", "bgr24"])
)
def test_any_size_comes_back_as_it_was(height: int, width: int, kind: Any) -> None:
    picture = smooth(height + 40, width + 40)
    frame = to_frame(picture, kind)
    assert (frame.height % 2, frame.width % 2) == (0, 0)
    back = to_array(untagged(frame), kind)
    assert back.shape[0] - picture.shape[0] in (0, 1)
    assert back.shape[1] - picture.shape[1] in (0, 1)
    difference = np.abs(back[: picture.shape[0], : picture.shape[1]].astype(int) - picture)
    assert difference.max() <= 12
    assert difference.mean() < 3


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (3, 1), (720, 1281)])
def test_odd_sides_repeat_their_last_line(size: tuple[int, int]) -> None:
    frame = to_frame(plain((200, 30, 90), *size))
    assert (frame.height, frame.width) == (size[0] + size[0] % 2, size[1] + size[1] % 2)
    assert np.abs(to_array(frame).astype(int) - (200, 30, 90)).max() <= 3


def views() -> dict[str, np.ndarray]:
    picture = smooth(64, 96)
    frozen = picture.copy()
    frozen.flags.writeable = False
    return {
        "upside down": picture[::-1],
        "mirrored": picture[:, ::-1],
        "every other pixel": picture[::2, ::2],
        "turned": np.rot90(picture),
        "cut out": picture[10:50, 20:60],
        "fortran": np.asfortranarray(picture),
        "planar": np.ascontiguousarray(picture.transpose(2, 0, 1)).transpose(1, 2, 0),
        "channels reversed": picture[..., ::-1],
        "read only": frozen,
        "one pixel everywhere": np.broadcast_to(np.array([1, 2, 3], np.uint8), (10, 12, 3)),
    }


@pytest.mark.parametrize("name", list(views()))
@pytest.mark.parametrize("kind", ["rgb24", "bgr24"])
def test_views_are_seen_as_they_are(name: str, kind: Any) -> None:
    view = views()[name]
    back = to_array(to_frame(view, kind), kind)
    plain_copy = to_array(to_frame(np.array(view, order="C"), kind), kind)
    assert np.abs(back.astype(int) - plain_copy).max() <= 5
    assert np.abs(back.astype(int) - view).max() <= 24


def test_grey() -> None:
    grey = smooth(48, 64)[:, :, 0]
    for picture in (grey, grey[:, :, np.newaxis]):
        for kind in ("gray", "rgb24", "bgr24"):
            frame = to_frame(picture, kind)
            back = to_array(untagged(frame), "gray")
            assert back.shape == grey.shape
            assert np.abs(back.astype(int) - grey).max() <= 2
    assert np.array_equal(grey, smooth(48, 64)[:, :, 0]), "the input was written to"


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P"])
def test_pil_images(mode: str) -> None:
    image = Image.fromarray(plain((200, 30, 90))).convert(mode, palette=Image.Palette.ADAPTIVE)
    for kind in ("rgb24", "bgr24", "gray"):
        back = to_array(to_frame(image, kind))
        assert np.abs(back.astype(int) - np.asarray(image.convert("RGB"))).max() <= 3


def test_a_frame_that_names_its_colour_space_is_believed() -> None:
    frame = untagged(to_frame(plain((255, 0, 0))))
    frame.colorspace, frame.color_range = 1, 1
    assert np.abs(to_array(frame)[20, 20].astype(int) - (255, 0, 0)).max() > 5


@pytest.mark.parametrize(
    ("size", "sent"),
    [
        ((3840, 2160), (3840, 2160)),
        ((2160, 3840), (2160, 3840)),
        ((3839, 2159), (3840, 2160)),
        ((8192, 8192), (2880, 2880)),
        ((4001, 3001), (3324, 2494)),
        ((8192, 2), (8192, 2)),
    ],
)
@pytest.mark.parametrize("kind", ["array", "frame"])
def test_more_than_4k_is_scaled_down(size: Any, sent: Any, kind: str) -> None:
    """An encoder takes gigabytes and seconds for a picture of 8192x8192."""
    width, height = size
    colour = (200, 30, 90)
    picture: Any = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    if kind == "frame":
        picture = av.VideoFrame.from_numpy_buffer(picture, format="rgb24")
    frame = to_frame(picture)
    assert (frame.width, frame.height) == sent
    back = to_array(untagged(frame))
    assert np.abs(back[:: max(1, len(back) // 8), ::64].astype(int) - colour).max() <= 3


def test_what_to_array_returns_is_ones_own() -> None:
    frame = untagged(to_frame(smooth(48, 70)))
    first = to_array(frame)
    assert first.flags.c_contiguous
    assert first.flags.writeable
    before = to_array(frame)
    first[:] = 0
    assert np.array_equal(to_array(frame), before)
    del frame
    assert before.mean() > 20


@pytest.mark.skipif(not THREADS.exists(), reason="counts threads as Linux tells of them")
def test_a_conversion_starts_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    # FFmpeg's default is one for each core, for each thread of each session that converts.
    monkeypatch.setattr(frames, "_local", threading.local())
    before = len(list(THREADS.iterdir()))
    to_array(to_frame(plain((9, 200, 80), 480, 640)))
    assert len(list(THREADS.iterdir())) <= before


def test_sizes_may_change_from_frame_to_frame() -> None:
    for size in ((48, 64), (90, 31), (48, 64), (2, 2)):
        frame = to_frame(plain((9, 200, 80), *size))
        assert frame.height == size[0]
        assert np.abs(to_array(frame).astype(int) - (9, 200, 80)).max() <= 3


@pytest.mark.parametrize(
    ("picture", "kind", "words"),
    [
        (None, "rgb24", ["uint8", "(height, width, 3)", "NoneType"]),
        ([[1]], "rgb24", ["list", "numpy.asarray"]),
        (plain((1, 2, 3)) / 255, "rgb24", ["uint8", "float64", "* 255"]),
        (plain((1, 2, 3)).astype(int), "rgb24", ["int64"]),
        (plain((1, 2, 3)) > 1, "bgr24", ["bool"]),
        (np.zeros((4, 6, 4), np.uint8), "rgb24", ["(4, 6, 4)", "alpha", "[:, :, :3]"]),
        (np.zeros((3, 40, 60), np.uint8), "bgr24", ["(3, 40, 60)", "transpose(1, 2, 0)"]),
        (np.zeros((2, 4, 6, 3), np.uint8), "rgb24", ["(2, 4, 6, 3)", "one by one"]),
        (np.zeros(12, np.uint8), "rgb24", ["(12,)"]),
        (np.zeros((0, 6, 3), np.uint8), "rgb24", ["1 to 8192", "(0, 6, 3)"]),
        (np.zeros((2, 8_193), np.uint8), "gray", ["1 to 8192", "(2, 8193)"]),
        (plain((1, 2, 3)), "gray", ["(height, width)", "frame_format", "(48, 64, 3)"]),
    ],
)
def test_what_is_refused_names_what_was_expected_and_what_came(
    picture: Any, kind: Any, words: list[str]
) -> None:
    with pytest.raises(MediaFormatError) as caught:
        checked_picture(picture, kind)
    for word in ["xpected", "got", *words]:
        assert word in str(caught.value)


def test_an_unknown_frame_format_lists_the_known() -> None:
    assert check_frame_format("bgr24") == "bgr24"
    with pytest.raises(ConfigurationError, match=r'"rgb24", "bgr24", "gray"; got \'yuv\''):
        check_frame_format("yuv")


class TestDecodedFrames:
    """Frames of files, which come in any format, as they are."""

    def numbered_frame(self, width=64, height=48, fmt="yuv420p"):
        picture = np.zeros((height, width, 3), np.uint8)
        picture[: height // 2, : width // 2] = (200, 40, 40)
        return av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=fmt)

    @pytest.mark.parametrize("fmt", ["yuv420p", "yuv444p", "yuv420p10le", "nv12", "rgb24", "gray"])
    def test_of_any_format(self, fmt):
        frame = to_frame(self.numbered_frame(fmt=fmt))
        assert (frame.format.name, frame.width, frame.height) == ("yuv420p", 64, 48)
        array = to_array(frame).astype(int)
        assert array[12, 16, 0] > array[36, 48, 0] + 60

    def test_odd_sides(self):
        frame = to_frame(self.numbered_frame(63, 47, "yuv444p"))
        assert (frame.width, frame.height) == (64, 48)

    def test_full_range(self):
        bright = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 255, np.uint8), "rgb24")
        full = bright.reformat(format="yuvj420p", dst_color_range="JPEG")
        assert to_array(to_frame(full)).min() >= 253

    def test_rotation(self, tmp_path):
        """A phone's video: its header says by how much it is to be turned."""
        path = tmp_path / "turned.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for packet in (*stream.encode(self.numbered_frame()), *stream.encode(None)):
                container.mux(packet)
        data = bytearray(path.read_bytes())
        matrix = data.index(b"tkhd") + 4 + 40
        # A quarter clockwise: (0, 1, 0), (-1, 0, 0), (0, 0, 1) in fixed point (ISO/IEC 14496-12).
        data[matrix : matrix + 36] = struct.pack(
            ">9i", 0, 0x10000, 0, -0x10000, 0, 0, 48 << 16, 0, 0x40000000
        )
        path.write_bytes(data)
        with av.open(str(path)) as container:
            frame = to_frame(next(container.decode(video=0)))
        assert (frame.width, frame.height) == (48, 64)
        reds = to_array(frame).astype(int)[..., 0]
        assert reds[16, 36] > 150, "what was at the upper left is at the upper right"
        assert reds[16, 12] < 80
        assert reds[48, 36] < 80

    def test_too_large(self):
        with pytest.raises(MediaFormatError, match="9000x16"):
            checked_picture(av.VideoFrame(9000, 16, "yuv420p"), "rgb24")
