"""What user code emits, split into media, data on the side and control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.audio.pcm import is_number


class AdditionalOutputs:
    """Values for other components: emit it alone, or as ``(frame, AdditionalOutputs(...))``."""

    def __init__(self, *args: Any) -> None:
        self.args = args

    def __repr__(self) -> str:
        return f"AdditionalOutputs{self.args!r}"


class CloseStream:
    """Emit this to end the session; ``msg`` is shown to the person."""

    def __init__(self, msg: str = "Stream closed") -> None:
        self.msg = msg


AudioEmitType: TypeAlias = (
    tuple[int, NDArray[np.int16] | NDArray[np.float32]]
    | tuple[int, NDArray[np.int16] | NDArray[np.float32], Literal["mono", "stereo"]]
    | tuple[
        tuple[int, NDArray[np.int16] | NDArray[np.float32]],
        AdditionalOutputs | CloseStream,
    ]
    | AdditionalOutputs
    | CloseStream
    | None
)
"""What ``emit`` of a handler is annotated with in published code; more is accepted, see there."""

VideoEmitType: TypeAlias = (
    NDArray[np.uint8]
    | tuple[NDArray[np.uint8], AdditionalOutputs | CloseStream]
    | AdditionalOutputs
    | CloseStream
    | None
)
"""The same for a video function, and for ``video_emit``."""


class Boundary:
    """Nothing to play: what was emitted before is complete, so a file ends here.

    When ``emit`` is called again after it returned one, all before it has been handed to the wire.
    """


@dataclass(frozen=True)
class Emitted:
    """One value from user code, taken apart; what the media is has not been looked at."""

    media: object = None
    outputs: AdditionalOutputs | None = None
    close: CloseStream | None = None


def is_audio(value: tuple[Any, ...]) -> bool:
    """Whether ``value`` looks like ``(sample_rate, array)``, with or without a layout.

    Also the wrong way round, which the media code has words for.
    """
    return 2 <= len(value) <= 3 and (is_number(value[0]) or is_number(value[1]))


def split_emitted(value: object) -> Emitted:
    """Split what a handler returned or yielded.

    Accepts a frame, ``AdditionalOutputs``, ``CloseStream``, a ``(frame, one of these)`` pair, or
    ``None``. What the frame itself is, is for the ``EmissionParser`` that knows its kind.

    Raises:
        MediaFormatError: a tuple that is neither audio nor such a pair.
    """
    if isinstance(value, AdditionalOutputs):
        return Emitted(outputs=value)
    if isinstance(value, CloseStream):
        return Emitted(close=value)
    if isinstance(value, Boundary):
        return Emitted()
    if not isinstance(value, tuple) or is_audio(value):
        return Emitted(media=value)
    if len(value) == 2:
        media, side = value
        if isinstance(side, AdditionalOutputs):
            return Emitted(media=media, outputs=side)
        if isinstance(side, CloseStream):
            return Emitted(media=media, close=side)
    shapes = ", ".join(type(part).__name__ for part in value)
    raise MediaFormatError(
        "Expected a frame, (sample_rate, array), AdditionalOutputs, CloseStream, or a pair "
        f"(frame, AdditionalOutputs); got a tuple of ({shapes})."
    )
