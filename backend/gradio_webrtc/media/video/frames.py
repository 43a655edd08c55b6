"""Frames between handlers (NumPy arrays) and encoders (YUV frames).

On the wire colour is BT.601, limited range, which browsers assume of WebRTC video that does not
say otherwise. On a 2-core machine 1280x720 takes about 2.5 ms to the wire and 0.4 ms from it:
worth a worker thread.
"""

from __future__ import annotations

import sys
import threading
from typing import Any, Literal, Protocol, TypeAlias, TypeGuard

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from gradio_webrtc.errors import ConfigurationError, MediaFormatError
from gradio_webrtc.media.video.resolution import encoded_size

FrameFormat: TypeAlias = Literal["rgb24", "bgr24", "gray"]
FRAME_FORMATS: tuple[FrameFormat, ...] = ("rgb24", "bgr24", "gray")
ImageArray: TypeAlias = npt.NDArray[np.uint8]


class PilImage(Protocol):
    """What is used of a ``PIL.Image.Image``, so that nobody has to import PIL for it."""

    @property
    def mode(self) -> str:
        """``"RGB"``, ``"L"`` for grey, and others."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def convert(self, mode: str) -> PilImage:
        """Return a copy in another mode."""
        ...


Picture: TypeAlias = ImageArray | av.VideoFrame | PilImage
"""A frame in any of the forms in which a handler may emit it."""

MAX_SIDE = 8192
"""Pixels; a larger frame is an axis mix-up, and no browser decodes it in real time."""

SD_HEIGHT = 576
"""Files that do not say their colour space are in BT.709 above this height, as players assume."""

THREADS = 1
"""Of a conversion. With more, which is the default, each of a session's threads that convert has
helpers of its own, and to wake them costs more than a frame of 640x480 takes."""

TO_THE_WIRE = Interpolation.AREA
"""A colour of yuv420p is the mean of its four pixels, as browsers make it too. The default takes
other lines in, which blurs coloured edges, and is no cheaper."""

_COLOURSPACES = {1: Colorspace.ITU709, 4: Colorspace.FCC, 7: Colorspace.SMPTE240M}
"""By the matrix coefficients of ITU-T H.273, table 4; BT.601 is 5, 6, and what is not specified."""

_local = threading.local()


def check_frame_format(value: object) -> FrameFormat:
    """Return ``value`` if it is a known frame format.

    Raises:
        ConfigurationError: it is not; the text lists those that are.
    """
    if value not in FRAME_FORMATS:
        known = ", ".join(f'"{name}"' for name in FRAME_FORMATS)
        raise ConfigurationError(f"frame_format must be one of {known}; got {value!r}.")
    return value


def checked_picture(picture: Picture, frame_format: FrameFormat) -> tuple[Picture, FrameFormat]:
    """Check what a handler emitted; return it with the order of its channels.

    Args:
        picture: uint8 of shape ``(height, width, 3)`` with the channels in ``frame_format``'s
            order, or ``(height, width)`` or ``(height, width, 1)`` in grey whatever the format
            says; any strides. Or a PIL image. Or a decoded ``av.VideoFrame`` of any format. Both
            sides 1 to 8192 pixels. Only what is larger than 4K by area is scaled later, to that.
        frame_format: the channels' order.

    Raises:
        MediaFormatError: anything else. An array with alpha is refused, since dropping it would
            show what was meant to be invisible; a PIL image is converted as PIL does, without it.
    """
    if isinstance(picture, av.VideoFrame):
        if max(picture.width, picture.height) > MAX_SIDE:
            raise MediaFormatError(
                f"Expected a picture of 1 to {MAX_SIDE} pixels a side; "
                f"got a frame of {picture.width}x{picture.height}."
            )
        return picture, "rgb24"
    if _is_pil(picture):
        width, height = picture.size
        _check_sides((height, width) if picture.mode == "L" else (height, width, 3))
        return picture, "rgb24"
    return _checked_array(picture, frame_format)


def to_frame(picture: Picture, frame_format: FrameFormat = "rgb24") -> av.VideoFrame:
    """Turn a frame into a yuv420p frame that VP8 and H.264 encoders take.

    An odd side gets its last row or column twice, so that nothing is cut off and nothing scaled.
    A decoded frame is turned upright as its rotation says.

    Args:
        picture: as :func:`checked_picture` returned it.
        frame_format: the order of an array's channels, as it was returned with it.
    """
    if isinstance(picture, av.VideoFrame):
        return _from_decoded(picture)
    if isinstance(picture, np.ndarray):
        return _from_array(picture, frame_format)
    array = _from_pil(picture)
    return _from_array(array, "gray" if array.ndim == 2 else "rgb24")


def _from_array(array: ImageArray, layout: FrameFormat) -> av.VideoFrame:
    if array.ndim == 3 and array.strides[2] < 0:
        # frame[..., ::-1]: reading the other order is far cheaper than copying backwards.
        array, layout = array[:, :, ::-1], "bgr24" if layout == "rgb24" else "rgb24"
    height, width = array.shape[:2]
    size = encoded_size((width, height))
    if size == (width + width % 2, height + height % 2) != (width, height):
        margins = ((0, height % 2), (0, width % 2)) + ((0, 0),) * (array.ndim - 2)
        array = np.pad(array, margins, mode="edge")
    frame = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(array), format=layout)
    return _reformatter().reformat(
        frame,
        width=size[0],
        height=size[1],
        format="yuv420p",
        src_color_range=ColorRange.JPEG,
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.MPEG,
        interpolation=TO_THE_WIRE,
        threads=THREADS,
    )


def to_array(frame: av.VideoFrame, frame_format: FrameFormat = "rgb24") -> ImageArray:
    """Turn a decoded frame into uint8, contiguous and writable.

    The frame's own colour space and range are honoured where it names them. Rotation is not
    looked at: browsers rotate before they send unless an extension was negotiated.

    Returns:
        Shape ``(height, width, 3)``, or ``(height, width)`` for ``"gray"``.
    """
    # All of it said here: some versions of PyAV look at the frame's tags and some do not.
    converted = _reformatter().reformat(
        frame,
        format=frame_format,
        src_colorspace=_COLOURSPACES.get(int(frame.colorspace), Colorspace.ITU601),
        src_color_range=ColorRange.JPEG if int(frame.color_range) == 2 else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        threads=THREADS,
    )
    # Usually a view that keeps the new frame's memory alive; rows with padding are copied.
    return np.ascontiguousarray(converted.to_ndarray(), dtype=np.uint8)


def _from_decoded(frame: av.VideoFrame) -> av.VideoFrame:
    """Bring a decoded frame to the wire's format; one that is in it already is not copied."""
    full_range = int(frame.color_range) == 2 or frame.format.name.startswith("yuvj")
    width, height = encoded_size((frame.width, frame.height))
    upright = _reformatter().reformat(
        frame,
        width=width,
        height=height,
        format="yuv420p",
        src_colorspace=_source_colours(frame),
        src_color_range=ColorRange.JPEG if full_range else ColorRange.MPEG,
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.MPEG,
        interpolation=TO_THE_WIRE,
        threads=THREADS,
    )
    turns = round(frame.rotation / 90) % 4
    return upright if turns == 0 else _turned(upright, turns)


def _source_colours(frame: av.VideoFrame) -> Colorspace:
    colours = int(frame.colorspace)
    if colours == 2 and frame.height > SD_HEIGHT and not frame.format.is_rgb:
        return Colorspace.ITU709
    return _COLOURSPACES.get(colours, Colorspace.ITU601)


def _turned(frame: av.VideoFrame, turns: int) -> av.VideoFrame:
    """Return a yuv420p frame turned counterclockwise by so many quarters."""
    width, height = frame.width, frame.height
    flat: ImageArray = frame.to_ndarray().reshape(-1).astype(np.uint8, copy=False)
    luma, chroma = width * height, width * height // 4
    planes = [
        np.rot90(part.reshape(shape), turns).reshape(-1)
        for part, shape in (
            (flat[:luma], (height, width)),
            (flat[luma : luma + chroma], (height // 2, width // 2)),
            (flat[luma + chroma :], (height // 2, width // 2)),
        )
    ]
    across = height if turns % 2 else width
    turned: ImageArray = np.concatenate(planes).reshape(-1, across)
    return av.VideoFrame.from_ndarray(turned, "yuv420p")


def _checked_array(array: Picture, frame_format: FrameFormat) -> tuple[ImageArray, FrameFormat]:
    """Return the array and the pixel format it is in."""
    layout = frame_format
    if not isinstance(array, np.ndarray):
        raise MediaFormatError(
            f"{_expected(frame_format)}; got {type(array).__name__}: "
            "convert it with numpy.asarray()."
        )
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim == 2:
        layout = "gray"
    elif array.ndim != 3 or array.shape[2] != 3 or layout == "gray":
        raise MediaFormatError(_wrong_shape(array, layout))
    if array.dtype != np.uint8:
        hint = ""
        if array.dtype.kind == "f":
            hint = ": if it is in [0, 1], use (array * 255).astype(numpy.uint8)"
        raise MediaFormatError(f"{_expected(layout)}; got dtype {array.dtype}{hint}.")
    _check_sides(array.shape)
    return array, layout


def _check_sides(shape: tuple[int, ...]) -> None:
    if not all(1 <= side <= MAX_SIDE for side in shape[:2]):
        raise MediaFormatError(
            f"Expected a picture of 1 to {MAX_SIDE} pixels a side; got shape {shape}."
        )


def _is_pil(picture: object) -> TypeGuard[PilImage]:
    # Whoever holds a PIL image has imported PIL; nobody else pays for it.
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(picture, module.Image)


def _from_pil(image: PilImage) -> ImageArray:
    return np.asarray(image if image.mode in ("RGB", "L") else image.convert("RGB"))


def _expected(frame_format: FrameFormat) -> str:
    shape = "(height, width)" if frame_format == "gray" else "(height, width, 3)"
    return f'Expected a uint8 array of shape {shape} for frame_format="{frame_format}"'


def _wrong_shape(array: npt.NDArray[Any], frame_format: FrameFormat) -> str:
    hint = ""
    if array.ndim == 3 and array.shape[2] == 4:
        hint = ": drop the alpha channel with array[:, :, :3]"
    elif array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] != 3:
        hint = ": move the channels last with array.transpose(1, 2, 0)"
    elif array.ndim == 3 and array.shape[2] == 3:
        hint = ': for colour set frame_format to "rgb24" or "bgr24"'
    elif array.ndim == 4:
        hint = ": emit the pictures of a batch one by one"
    return f"{_expected(frame_format)}; got {array.dtype} of shape {array.shape}{hint}."


def _reformatter() -> VideoReformatter:
    """Return this thread's converter, which keeps the set-up for the last size it saw."""
    if not hasattr(_local, "reformatter"):
        _local.reformatter = VideoReformatter()
    reformatter: VideoReformatter = _local.reformatter
    return reformatter
