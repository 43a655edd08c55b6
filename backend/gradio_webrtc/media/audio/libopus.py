"""The Opus library that PyAV brings, called directly for what FFmpeg leaves out, and for less work.

FFmpeg's decoder calls ``opus_decode`` with ``decode_fec=0`` always and never without a packet, so
the copy of the packet before that senders put in (LBRR, RFC 6716 section 2.1.7) is thrown away.
PyAV's wheels have libopus as a file of its own; what a distribution ships links the system's.

Encoding is called directly too: the same bytes come out, without a frame, a resampler and a packet
of FFmpeg's around each 20 ms, which took a third of the time.
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
_APPLICATIONS = {"voip": 2048, "audio": 2049, "lowdelay": 2051}
_SET_BITRATE, _GET_BITRATE, _SET_VBR, _SET_COMPLEXITY = 4002, 4003, 4006, 4010
_SET_FEC, _SET_EXPECTED_LOSS, _SET_VBR_CONSTRAINT = 4012, 4014, 4020
"""Requests of ``opus_defines.h``, which are part of the library's binary interface."""
_LONGEST_PACKET = 1_276
"""Bytes of one frame: 1275 and the first (RFC 6716, section 3.2.1)."""
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


class LibopusEncoder:
    """Encodes 20 ms of int16 at 48 kHz a call, to the bytes FFmpeg makes of it. Not thread-safe.

    Args:
        library: from ``libopus_that_encodes()``.
        channels: 1 or 2.
        bitrate: bits a second, variable.
        complexity: 0 to 10.
        application: a key of libopus' tunings: ``"voip"``, ``"audio"`` or ``"lowdelay"``.
        expected_loss: percent; above 0 packets carry a copy of the one before.

    Raises:
        ValueError: the library does not do as libopus does.
    """

    def __init__(
        self,
        library: ctypes.PyDLL,
        channels: int,
        bitrate: int,
        complexity: int,
        application: str,
        expected_loss: int = 0,
    ) -> None:
        self._library = library
        size = library.opus_encoder_get_size(channels)
        if not 0 < size <= _MOST_STATE:
            raise ValueError(f"an encoder of {size} bytes")
        self._state = ctypes.create_string_buffer(size)
        tuning = _APPLICATIONS[application]
        if failure := library.opus_encoder_init(self._state, SAMPLE_RATE, channels, tuning):
            raise ValueError(f"the encoder is refused: {failure}")
        self._set(_SET_BITRATE, bitrate)
        self._set(_SET_COMPLEXITY, complexity)
        self._set(_SET_VBR, 1)
        self._set(_SET_VBR_CONSTRAINT, 0)
        self._set(_SET_EXPECTED_LOSS, expected_loss)
        self._set(_SET_FEC, 1 if expected_loss else 0)
        self._packet = ctypes.create_string_buffer(_LONGEST_PACKET)

    def encode(self, interleaved: Int16Array) -> bytes:
        """Return the packet of 20 ms, contiguous of shape ``(960, channels)``.

        Raises:
            ValueError: libopus refuses it.
        """
        length = self._library.opus_encode(
            self._state, interleaved.ctypes.data, len(interleaved), self._packet, _LONGEST_PACKET
        )
        if length < 1:
            raise ValueError(f"libopus does not encode: {length}")
        return ctypes.string_at(self._packet, length)

    def bitrate(self) -> int:
        """Return what was set, as the library has it."""
        found = ctypes.c_int32()
        self._library.opus_encoder_ctl(self._state, _GET_BITRATE, ctypes.byref(found))
        return found.value

    def _set(self, request: int, value: int) -> None:
        given = ctypes.c_int32(value)
        if failure := self._library.opus_encoder_ctl(self._state, request, given):
            raise ValueError(f"request {request} is refused: {failure}")


@cache
def libopus_that_encodes() -> ctypes.PyDLL | None:
    """Return the library if it encodes as well, ``None`` where FFmpeg has to."""
    library = libopus()
    if library is None:
        return None
    try:
        _declare_encoder(library)
        for channels in (1, 2):
            _try_encoder(library, channels)
    except (AttributeError, ValueError) as error:
        logger.debug("this libopus is not used for encoding: %s", error)
        return None
    return library


def _try_encoder(library: ctypes.PyDLL, channels: int) -> None:
    """Raise ValueError for a library that does not encode as it should."""
    encoder = LibopusEncoder(library, channels, 40_000, 5, "lowdelay")
    if (bitrate := encoder.bitrate()) != 40_000:  # so its variable arguments do not arrive
        raise ValueError(f"a bitrate of 40000 has become {bitrate}")
    packet = encoder.encode(np.zeros((960, channels), np.int16))
    if (count := LibopusDecoder(library, channels).decode(packet).shape[1]) != 960:
        raise ValueError(f"20 ms have become {count} samples")


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


def _declare_encoder(library: ctypes.PyDLL) -> None:
    """Say what the functions take; raises AttributeError where one is missing."""
    library.opus_encoder_get_size.argtypes = [ctypes.c_int]
    library.opus_encoder_init.argtypes = [
        ctypes.c_char_p,
        ctypes.c_int32,
        ctypes.c_int,
        ctypes.c_int,
    ]
    # Two arguments are named and the others variable, which some machines pass in another way.
    library.opus_encoder_ctl.argtypes = [ctypes.c_char_p, ctypes.c_int]
    library.opus_encode.argtypes = [
        ctypes.c_char_p,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_int32,
    ]
    for name in ("opus_encoder_get_size", "opus_encoder_init", "opus_encoder_ctl", "opus_encode"):
        getattr(library, name).restype = ctypes.c_int
