"""Audio as handlers emit it, checked once and brought to one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from gradio_webrtc.errors import ConfigurationError, MediaFormatError
from gradio_webrtc.media.audio.scale import what_is_wrong

Int16Array: TypeAlias = npt.NDArray[np.int16]
Float32Array: TypeAlias = npt.NDArray[np.float32]
AnySamples = TypeVar("AnySamples", Int16Array, Float32Array, "Int16Array | Float32Array")
AudioArray: TypeAlias = npt.NDArray[Any]
"""int16 or any float, as user code has it; checked by :func:`checked_samples`."""
SampleRate: TypeAlias = "int | float | np.integer[Any] | np.floating[Any] | npt.NDArray[Any]"
"""In Hz: a whole number of any of these types, an array of no dimensions."""
AudioChunk: TypeAlias = (
    "tuple[SampleRate, AudioArray] | tuple[SampleRate, AudioArray, Literal['mono', 'stereo']]"
)
"""What a handler emits: ``(sample_rate, array)``, or with the layout as a third element."""

MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 1_000, 384_000
"""In Hz. Nothing is recorded outside of this, and what it costs to convert grows without bound: one
sample at 1 Hz is a second of audio."""
INT16_SCALE = 32_768.0
_EXPECTED = (
    "Expected audio as (sample_rate, array) or (sample_rate, array, 'mono' or 'stereo'), the array "
    "int16 or float32 (in [-1, 1]) of shape (samples,), (1, samples) or (2, samples)"
)


@dataclass(frozen=True)
class Pcm:
    """Uncompressed audio.

    Attributes:
        sample_rate: in Hz, 1000 to 384000.
        samples: int16, or float32 in [-1, 1]; shape ``(channels, n)``, channels 1 or 2.
    """

    sample_rate: int
    samples: Int16Array | Float32Array

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.samples.shape[0])

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1]) / self.sample_rate

    def pieces(self, seconds: float) -> Iterator[Pcm]:
        """Cut into views of at most ``seconds``, so that an hour emitted at once blocks nobody."""
        step = max(1, round(seconds * self.sample_rate))
        for start in range(0, self.samples.shape[1], step):
            yield Pcm(self.sample_rate, self.samples[:, start : start + step])


def parse_chunk(value: AudioChunk) -> Pcm:
    """Check what a handler emitted and bring it to shape ``(channels, n)``.

    Arrays need not be contiguous and may be empty. float16 and float64 become float32; what is
    over-driven is clipped. The rate may be any whole number, ``24000.0`` and NumPy's too. With
    ``"stereo"``, shape ``(1, 2 n)`` or ``(2 n,)`` means interleaved samples. A shape of two
    channels without a third element is stereo.

    Raises:
        MediaFormatError: anything else; the text names what was expected and what came.
    """
    rate, planar = checked_structure(value)
    return Pcm(rate, checked_samples(planar))


def checked_structure(value: AudioChunk) -> tuple[int, AudioArray]:
    """Return the rate and the array, of shape ``(channels, n)`` and a dtype that can be audio.

    Its values are not looked at: an hour of float64 would take the event loop seconds.

    Raises:
        MediaFormatError: as :func:`parse_chunk`, but for the values.
    """
    if not isinstance(value, tuple) or len(value) not in (2, 3):
        raise MediaFormatError(f"{_EXPECTED}; got {_describe(value)}.")
    rate, array = value[0], value[1]
    layout = value[2] if len(value) == 3 else None
    if not is_number(rate) and is_number(array):
        raise MediaFormatError(f"{_EXPECTED}; got (array, sample_rate): swap the two.")
    rate = _checked_rate(rate)
    if layout not in (None, "mono", "stereo"):
        raise MediaFormatError(f"{_EXPECTED}; got {layout!r} as the layout.")
    if not isinstance(array, np.ndarray):
        raise MediaFormatError(
            f"{_EXPECTED}; got {_describe(array)} as the array: convert it with numpy.asarray()."
        )
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind != "f" and (kind, size) != ("i", 2):
        raise MediaFormatError(
            f"{_EXPECTED}; got dtype {array.dtype} of shape {array.shape}: its full scale is "
            "not known, so convert it to int16 or float32."
        )
    return rate, _shaped(array, layout)


def is_number(value: object) -> bool:
    """Whether ``value`` is a number such as a sample rate, Python's or NumPy's."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf"
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def checked_rate(name: str, rate: SampleRate) -> int:
    """Return a sample rate that an author configured as ``name``, in Hz.

    Raises:
        ConfigurationError: it is no whole number, or out of range.
    """
    try:
        return _checked_rate(rate)
    except MediaFormatError as error:
        raise ConfigurationError(
            f"{name} must be a whole number from {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE}, in Hz, "
            f"not {rate!r}."
        ) from error


def _checked_rate(rate: SampleRate) -> int:
    if isinstance(rate, int) and MIN_SAMPLE_RATE <= rate <= MAX_SAMPLE_RATE:
        return rate
    if not is_number(rate):
        raise MediaFormatError(f"{_EXPECTED}; got {_describe(rate)} as the sample rate.")
    number: float = float(rate)
    if not MIN_SAMPLE_RATE <= number <= MAX_SAMPLE_RATE:
        hint = ": it is in Hz, not in kHz" if 4 <= number <= 384 else ""
        raise MediaFormatError(
            f"Expected a sample rate of {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz; "
            f"got {rate}{hint}."
        )
    if not number.is_integer():
        raise MediaFormatError(f"Expected a whole number as the sample rate; got {rate}.")
    return int(number)


def to_int16(samples: Int16Array | Float32Array) -> Int16Array:
    """Return int16: floats are scaled by 32768, rounded and clipped; int16 passes uncopied."""
    if samples.dtype == np.int16:
        return cast(Int16Array, samples)
    scaled = np.rint(samples * np.float32(INT16_SCALE))
    return cast(Int16Array, np.clip(scaled, -32_768, 32_767).astype(np.int16))


def to_float32(samples: Int16Array | Float32Array) -> Float32Array:
    """Return float32 with int16 divided by 32768; float32 passes uncopied."""
    if samples.dtype == np.float32:
        return cast(Float32Array, samples)
    return np.asarray(samples.astype(np.float32) / np.float32(INT16_SCALE), np.float32)


def remix(samples: AnySamples, channels: int) -> AnySamples:
    """Return ``samples`` of shape ``(c, n)`` as ``(channels, n)``, same dtype.

    One channel is repeated into two; two are averaged into one (halves round towards minus
    infinity for int16, so that no sum overflows).
    """
    have = samples.shape[0]
    if have == channels:
        return samples
    if have == 1:
        return cast(AnySamples, np.repeat(samples, channels, axis=0))
    if samples.dtype == np.int16:
        mixed = samples.sum(axis=0, dtype=np.int32, keepdims=True) >> 1
        return cast(AnySamples, mixed.astype(np.int16))
    return cast(AnySamples, samples.mean(axis=0, dtype=np.float32, keepdims=True))


def _shaped(array: AudioArray, layout: str | None) -> AudioArray:
    shape = array.shape
    if array.ndim not in (1, 2):
        raise MediaFormatError(f"{_EXPECTED}; got an array of shape {shape}.")
    if array.size == 0:
        channels = 2 if shape[0] == 2 and array.ndim == 2 else 1
        return array.reshape(channels, 0)
    if array.ndim == 2 and shape[0] > 2:
        hint = ": transpose it with array.T" if shape[1] <= 2 else ""
        raise MediaFormatError(f"{_EXPECTED}; got an array of shape {shape}{hint}.")
    planar = array[np.newaxis] if array.ndim == 1 else array
    if layout == "stereo" and planar.shape[0] == 1:
        if planar.shape[1] % 2:
            raise MediaFormatError(
                "Expected interleaved stereo to have an even number of samples; "
                f"got an array of shape {shape}."
            )
        return cast(AudioArray, planar.reshape(-1, 2).T)
    if layout == "mono" and planar.shape[0] == 2:
        raise MediaFormatError(
            f"Expected shape (samples,) or (1, samples) with 'mono'; got {shape}. "
            "Leave 'mono' out, or mix the channels with array.mean(axis=0)."
        )
    return planar


def checked_samples(samples: AudioArray) -> Int16Array | Float32Array:
    """Return samples of shape ``(channels, n)`` as int16, or as float32 clipped to [-1, 1].

    Raises:
        MediaFormatError: floats that are not finite, or on the scale of 16-bit numbers.
    """
    if samples.dtype.kind == "i":
        return samples.astype(np.int16, copy=False)
    if (wrong := what_is_wrong(samples)) is not None:
        raise MediaFormatError(f"{_EXPECTED}; got {wrong}.")
    converted = samples.astype(np.float32, copy=False)
    if converted.size and (converted.min() < -1.0 or converted.max() > 1.0):
        return np.asarray(np.clip(converted, -1.0, 1.0), np.float32)
    return converted


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        article = "an" if value.dtype.kind == "i" else "a"
        return f"{article} {value.dtype} array of shape {value.shape}"
    if isinstance(value, tuple):
        return "a tuple of (" + ", ".join(_describe(part) for part in value[:4]) + ")"
    return type(value).__name__
