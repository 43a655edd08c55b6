"""The forms in which audio goes over a websocket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from gradio_webrtc.errors import InvalidFormatError
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.json_values import Json

Encoding: TypeAlias = Literal["mulaw", "pcm16", "opus"]
ENCODINGS: tuple[str, ...] = get_args(Encoding)

MIN_RATE, MAX_RATE = 8_000, 48_000
RATE_STEP = 50
"""Rates are whole multiples, so that 20 ms are a whole number of samples."""

OPUS_RATE = 48_000


@dataclass(frozen=True)
class SocketAudioFormat:
    """Audio in one direction; always mono.

    Attributes:
        encoding: ``"mulaw"`` (G.711, a byte a sample), ``"pcm16"`` (little-endian int16) or
            ``"opus"`` (one packet a message).
        sample_rate: in Hz; 48000 for Opus.
    """

    encoding: Encoding
    sample_rate: int

    def as_json(self) -> dict[str, str | int]:
        """Return how a client is told of it."""
        return {"encoding": self.encoding, "sample_rate": self.sample_rate}


def read_formats(asked: Json, audio: AudioFormat) -> tuple[SocketAudioFormat, SocketAudioFormat]:
    """Return what a client sends and what it gets, as the ``format`` of its ``start`` says.

    Args:
        asked: ``{"input", "output"}`` with either left out; ``None`` without one.
        audio: what the handler receives and emits, whose rates are used unless others are asked.

    Raises:
        InvalidFormatError: it asks for what there is not; in words for whoever wrote the client.
    """
    if asked is None:
        asked = {}
    if not isinstance(asked, dict):
        raise InvalidFormatError('"format" must be {"input": ..., "output": ...}.')
    return (
        _read(asked.get("input"), "input", audio.sample_rate),
        _read(asked.get("output"), "output", audio.output_sample_rate),
    )


def _read(asked: Json, name: str, sample_rate: int) -> SocketAudioFormat:
    if isinstance(asked, str):
        asked = {"encoding": asked}
    elif asked is None:
        asked = {}
    if not isinstance(asked, dict):
        raise InvalidFormatError(
            f'"{name}" must be an encoding or {{"encoding", "sample_rate"}} in "format".'
        )
    encoding = asked.get("encoding", "mulaw")
    if encoding not in ENCODINGS:
        raise InvalidFormatError(
            f'The "encoding" of "{name}" must be one of: {", ".join(ENCODINGS)}.'
        )
    if encoding == "opus":
        if asked.get("sample_rate", OPUS_RATE) != OPUS_RATE:
            raise InvalidFormatError(f'The "sample_rate" of "{name}" is {OPUS_RATE} for Opus.')
        return SocketAudioFormat("opus", OPUS_RATE)
    if "sample_rate" in asked:  # what the handler itself has need not be a round number
        sample_rate = _checked_rate(asked["sample_rate"], name)
    return SocketAudioFormat("pcm16" if encoding == "pcm16" else "mulaw", sample_rate)


def _checked_rate(rate: Json, name: str) -> int:
    if isinstance(rate, int) and MIN_RATE <= rate <= MAX_RATE and rate % RATE_STEP == 0:
        return rate
    raise InvalidFormatError(
        f'The "sample_rate" of "{name}" must be a multiple of {RATE_STEP} from {MIN_RATE} to '
        f"{MAX_RATE}, in Hz."
    )
