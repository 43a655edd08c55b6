"""Mu-law: 16-bit samples as 8-bit ones with a logarithmic scale, as telephones in America use.

ITU-T G.711, table 2a. Both directions are tables, since Python 3.13 has no ``audioop`` any more and
a codec context costs more to call than the whole conversion.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gradio_webrtc.media.audio.pcm import Int16Array

UInt8Array = npt.NDArray[np.uint8]

BIAS = 0x84
"""Added to the magnitude of a sample of 16 bits before its logarithm is taken: 33 of 14 bits."""


def _decoding_table() -> Int16Array:
    """Return the sample that each of the 256 bytes stands for; on the wire bits are inverted."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (code >> 4) & 7, (code & 15).astype(np.int32)
    magnitude = (((mantissa << 3) + BIAS) << exponent) - BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding_table() -> UInt8Array:
    """Return the byte for each sample: that of the value nearest to its upper 14 bits.

    Indexed by the sample as an unsigned number of 16 bits. G.711 counts in 14 bits; the edges
    between two values are rounded as FFmpeg's ``pcm_mulaw`` does, which gives the same bytes.
    """
    values = -DECODED[:128][::-1].astype(np.int32)  # magnitudes, ascending from 0 to 32124
    edges = (values[:-1] + values[1:] + 4) >> 3
    upper = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 2
    step = np.searchsorted(edges, np.abs(upper), side="right").astype(np.uint8)
    negative = np.where(upper < 0, np.uint8(0x80), np.uint8(0))
    # With the sign bit set a sample is negative; then all bits are inverted.
    codes: UInt8Array = ~(step | negative)
    return codes


DECODED = _decoding_table()
ENCODED = _encoding_table()


def encode(samples: Int16Array) -> bytes:
    """Return one byte for each sample of ``samples``, int16 of any shape, in C order."""
    encoded: bytes = ENCODED[np.ascontiguousarray(samples).view(np.uint16)].tobytes()
    return encoded


def decode(data: bytes) -> Int16Array:
    """Return int16 of shape ``(1, len(data))``. Every byte is some sample."""
    samples: Int16Array = DECODED[np.frombuffer(data, np.uint8)][np.newaxis]
    return samples
