"""The header of a WAV file, read as it comes."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.declared_length import believed

MAX_HEADER = 64 << 20
"""Bytes before the samples; they are kept until these begin. Covers are a few megabytes."""

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_DTYPES = {(_PCM, 16): "<i2", (_PCM, 32): "<i4", (_FLOAT, 32): "<f4", (_FLOAT, 64): "<f8"}

WavFormat = tuple[int, int, "np.dtype[Any]"]
"""Sample rate in Hz, channels, and how a sample is stored."""


class WavHeader:
    """Finds the samples of one file, ``RIFF`` or ``RF64`` (EBU Tech 3306).

    Args:
        name: of the file, for errors.

    Attributes:
        size: bytes before the first sample, once they are known.
        audio_bytes: of the samples, ``None`` where the header does not know.
    """

    def __init__(self, name: str) -> None:
        self.size = 12
        self.audio_bytes: int | None = None
        self._name = name
        self._format: WavFormat | None = None
        self._large: int | None = None

    def parse(self, data: bytes | bytearray) -> WavFormat | None:
        """Return the format once ``data``, all of the file so far, holds the whole header.

        Raises:
            LookupError: it holds what only libav decodes.
            MediaFileError: it is no header.
        """
        while len(data) >= self.size + 8:
            kind, size = struct.unpack_from("<4sI", data, self.size)
            body = self.size + 8
            if kind == b"data":
                if self._format is None:
                    raise MediaFileError(self._name, "its WAV header does not say what it holds.")
                self.size = body
                self.audio_bytes = believed(size if self._large is None else self._large)
                return self._format
            if kind in (b"fmt ", b"ds64"):
                if len(data) < body + min(size, 40):
                    break
                if kind == b"ds64" and size >= 16:
                    (self._large,) = struct.unpack_from("<Q", data, body + 8)
                elif kind == b"fmt ":
                    self._format = _format(data, body, size)
            self.size = body + size + size % 2
        if self.size > MAX_HEADER:
            raise MediaFileError(self._name, "its samples begin too far behind its header.")
        return None


def _format(data: bytes | bytearray, at: int, size: int) -> WavFormat:
    if size < 16:
        raise LookupError("a WAV header without a format")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at)
    if tag == _EXTENSIBLE and size >= 26:
        (tag,) = struct.unpack_from("<H", data, at + 24)
    if (tag, bits) not in _DTYPES or channels not in (1, 2) or not rate:
        raise LookupError(f"WAV format {tag} with {bits} bits and {channels} channels")
    return rate, channels, np.dtype(_DTYPES[tag, bits])
