"""The Opus library that PyAV brings, called directly for what FFmpeg leaves out.

FFmpeg's decoder calls ``opus_decode`` with ``decode_fec=0`` always and never without a packet, so
the copy of the packet before that senders put in (LBRR, RFC 6716 section 2.1.7) is thrown away.
PyAV's wheels have libopus as a file of its own; what a distribution ships links the system's.
"""

from __future__ import annotations

import ctypes
import logging
from functools import cache
from pathlib import Path

import av
import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array

logger = logging.getLogger(__name__)

SAMPLE_RATE = 48_000
"""Opus in RTP always counts in 48 kHz (RFC 7587, section 4.1)."""
MOST_SAMPLES = 5_760
"""120 ms, the longest packet there is (RFC 6716, section 3.2.5)."""
SHORTEST_FRAME = 120
"""2.5 ms: what is made in place of lost audio is as long as a number of these."""
_SYSTEM = ("libopus.so.0", "libopus.0.dylib")
"""Names whose number says that the functions are those declared here. Windows has no such names."""
_MOST_STATE = 1_000_000
"""Bytes; a stereo decoder of libopus 1.6 takes 60,000."""
_QUIET_PACKET = bytes([31 << 3])
"""One frame of 20 ms with nothing in it (RFC 6716, section 3.1)."""


@cache
def libopus() -> ctypes.PyDLL | None:
    """Return the library, ``None`` where there is none that can be called; the log says so once.

    The GIL is kept during calls: they take some 50 microseconds, and to get it back from a busy
    thread can take a hundred times as long.
    """
    for path in [*_of_pyav(Path(av.__file__).parent), *_SYSTEM]:
        try:
            return _tried(_declared(ctypes.PyDLL(str(path))))
        except (OSError, AttributeError, ValueError) as error:  # none, or without what is needed
            logger.debug("%s is no libopus: %s", path, error)
    logger.warning(
        "no libopus can be called here, so lost audio is concealed but not recovered from what "
        "follows it; the wheels of PyAV bring one (pip install --only-binary av av)"
    )
    return None


class LibopusDecoder:
    """One decoder of int16 at 48 kHz. Not thread-safe.

    Args:
        library: from ``libopus()``.
        channels: 1 or 2, whatever the sender uses.

    Raises:
        ValueError: the library does not do as libopus does.
    """

    def __init__(self, library: ctypes.PyDLL, channels: int) -> None:
        self._library = library
        self._channels = channels
        # The memory is ours, so that there is nothing to give back.
        size = library.opus_decoder_get_size(channels)
        if not 0 < size <= _MOST_STATE:
            raise ValueError(f"a decoder of {size} bytes")
        self._state = ctypes.create_string_buffer(size)
        if failure := library.opus_decoder_init(self._state, SAMPLE_RATE, channels):
            raise ValueError(f"the decoder is refused: {failure}")
        self._samples: Int16Array = np.zeros((MOST_SAMPLES, channels), np.int16)
        self._address = self._samples.ctypes.data

    def decode(self, payload: bytes) -> Int16Array:
        """Return shape ``(channels, n)``; n is 0 for a broken payload."""
        return self._decode(payload, MOST_SAMPLES, 0)

    def recover(self, payload: bytes, samples: int) -> Int16Array:
        """Return what was lost just before ``payload``, which is decoded after this.

        The end of it comes from the copy in ``payload`` if that has one, the rest is concealed.

        Args:
            payload: the packet behind the loss.
            samples: a multiple of ``SHORTEST_FRAME``, at most ``MOST_SAMPLES``.

        Returns:
            Shape ``(channels, samples)``; empty for a broken payload.
        """
        return self._decode(payload, samples, 1)

    def _decode(self, payload: bytes, most: int, fec: int) -> Int16Array:
        size = len(payload)
        count = self._library.opus_decode(self._state, payload, size, self._address, most, fec)
        samples: Int16Array = self._samples[: max(count, 0)].T.copy()
        return samples


def _tried(library: ctypes.PyDLL) -> ctypes.PyDLL:
    """Return a library that decodes; raises ValueError for another."""
    for channels in (1, 2):
        shape = LibopusDecoder(library, channels).decode(_QUIET_PACKET).shape
        if shape != (channels, 960):
            raise ValueError(f"a packet of 20 ms has become {shape}")
    return library


def _of_pyav(package: Path) -> list[Path]:
    """Return where wheels have it: for Linux and Windows beside the package, for macOS in it."""
    folders = (package.parent / "av.libs", package / ".dylibs")
    return [path for folder in folders for path in sorted(folder.glob("*opus*"))]


def _declared(library: ctypes.PyDLL) -> ctypes.PyDLL:
    """Say what the functions take; raises AttributeError where one is missing."""
    library.opus_decoder_get_size.argtypes = [ctypes.c_int]
    library.opus_decoder_init.argtypes = [ctypes.c_char_p, ctypes.c_int32, ctypes.c_int]
    library.opus_decode.argtypes = [
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_int32,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_int,
    ]
    for name in ("opus_decoder_get_size", "opus_decoder_init", "opus_decode"):
        getattr(library, name).restype = ctypes.c_int
    return library
