"""Audio in slices cut anywhere: MP3, AAC (ADTS) and WAV, decoded as far as the bytes have come.

Nothing is held back but an incomplete frame, so the end of an utterance is heard before it is known
that no more will come.
"""

from __future__ import annotations

from typing import Any, Protocol

import av
import numpy as np
import numpy.typing as npt
from av.audio.codeccontext import AudioCodecContext

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.declared_length import note_missing
from gradio_webrtc.media.decoding.decoded_audio import DecodedAudio, float_samples, joined, to_sound
from gradio_webrtc.media.decoding.format_detection import (
    id3_size,
    is_mp3_header,
    is_mp3_tag,
    mp3_tag_offset,
)
from gradio_webrtc.media.decoding.wav import WavFormat, WavHeader

DECODER_DELAY = 528 + 1
"""Samples every MP3 decoder is late, which the numbers in a LAME tag leave out (LAME technical
FAQ; libavformat's mp3dec adds the same)."""


class PushDecoder(Protocol):
    """Takes bytes and returns the audio they complete."""

    @property
    def complete(self) -> bool:
        """Whether the stream has said how long it is, and is over."""
        ...

    def push(self, data: bytes) -> list[DecodedAudio]:
        """Return the audio that ``data`` completes."""
        ...

    def finish(self) -> list[DecodedAudio]:
        """Return what is left at the end of the stream; to be called until that is nothing.

        Raises:
            MediaFileError: nothing in the stream could be decoded.
        """
        ...


class FrameDecoder:
    """MP3 or AAC in ADTS frames. What is not a frame is skipped.

    Of MP3 with a LAME tag the encoder's delay and padding are cut off, so that files play one
    after the other without a gap. Without a tag, and in ADTS, nothing tells how long they are.
    """

    def __init__(self, codec: str, name: str) -> None:
        """Decode ``codec``, ``"mp3float"`` or ``"aac"``; ``name`` is for errors."""
        context = av.CodecContext.create(codec, "r")
        assert isinstance(context, AudioCodecContext)
        self._context = context
        self._name = name
        self._head = b""
        self._tag: int | None = None
        """Bytes of the ID3v2 tag that are still to come, ``None`` before its length is known."""
        self._expect_tag = codec == "mp3float"
        self._skip = 0
        self._left: int | None = None
        self._decoded = 0

    @property
    def complete(self) -> bool:
        """Whether all samples that the tag counts have come."""
        return self._left == 0

    def push(self, data: bytes) -> list[DecodedAudio]:
        """Return the audio that ``data`` completes."""
        if self._tag != 0:
            data = self._without_tag(data)
        if not data:
            return []
        return self._decode(self._context.parse(data))

    def finish(self) -> list[DecodedAudio]:
        """Return what is left."""
        sounds = self._decode(self._context.parse(None))
        if sounds:
            return sounds
        if not self._decoded:
            raise MediaFileError(self._name, "nothing in it could be decoded as sound.")
        note_missing(self._name, (self._left or 0) / (self._context.sample_rate or 1))
        self._left = None
        return []

    def _without_tag(self, data: bytes) -> bytes:
        """Skip the ID3v2 tag at the beginning, whose pictures may look like frames."""
        if self._tag is None:
            data, self._head = self._head + data, b""
            if len(data) < 10 and b"ID3".startswith(data[:3]):
                self._head = data
                return b""
            self._tag = id3_size(data)
        skipped = min(self._tag, len(data))
        self._tag -= skipped
        return data[skipped:]

    def _decode(self, packets: list[Any]) -> list[DecodedAudio]:
        frames = []
        for packet in packets:
            if self._expect_tag:
                self._expect_tag = False
                if self._take_tag(bytes(packet)):
                    continue
            try:
                frames += self._context.decode(packet)
            except av.error.FFmpegError:
                continue  # a frame that was cut in two, or no frame at all
        sounds = [to_sound(frame) for frame in frames]
        self._decoded += sum(sound.samples.shape[1] for sound in sounds)
        return joined([cut for sound in sounds if (cut := self._trimmed(sound)).samples.size])

    def _trimmed(self, sound: DecodedAudio) -> DecodedAudio:
        samples = sound.samples
        if self._skip:
            skipped = min(self._skip, samples.shape[1])
            self._skip -= skipped
            samples = samples[:, skipped:]
        if self._left is not None:
            samples = samples[:, : max(0, self._left)]
            self._left -= samples.shape[1]
        return DecodedAudio(sound.rate, samples)

    def _take_tag(self, frame: bytes) -> bool:
        """Read the numbers of a ``Xing`` frame; False if the frame holds audio."""
        if not (is_mp3_header(frame) and is_mp3_tag(frame)):
            return False
        offset = mp3_tag_offset(frame)
        if offset is None or len(frame) < offset + 144:
            return True
        flags = int.from_bytes(frame[offset + 4 : offset + 8], "big")
        behind = (
            offset + 8 + 4 * (flags & 1) + 2 * (flags & 2) + 25 * (flags & 4) + (flags & 8) // 2
        )
        delays = int.from_bytes(frame[behind + 21 : behind + 24], "big")
        if not frame[behind : behind + 4].isalnum():  # the encoder's name, LAME or Lavc
            return True
        start, end = delays >> 12, delays & 0xFFF
        self._skip = start + DECODER_DELAY
        count = int.from_bytes(frame[offset + 8 : offset + 12], "big") if flags & 1 else 0
        if count:  # else written before anybody knew it
            per_frame = 1152 if frame[1] & 0x08 else 576
            self._left = max(0, count * per_frame - start - end)
        return True


class WavDecoder:
    """PCM in a WAV file of 16 or 32 bits a sample, integer or float, mono or stereo."""

    def __init__(self, name: str) -> None:
        """Decode a stream called ``name`` in errors."""
        self._name = name
        self._data = bytearray()
        self._header = WavHeader(name)
        self._format: WavFormat | None = None
        self._left: int | None = None

    @property
    def complete(self) -> bool:
        """Whether all samples that the header counts have come."""
        return self._left == 0

    def push(self, data: bytes) -> list[DecodedAudio]:
        """Return the audio that ``data`` completes."""
        self._data += data
        if self._format is None:
            self._format = self._header.parse(self._data)
            if self._format is None:
                return []
            self._left = self._header.audio_bytes
            del self._data[: self._header.size]
        rate, channels, dtype = self._format
        usable = len(self._data) if self._left is None else min(len(self._data), self._left)
        usable -= usable % (channels * dtype.itemsize)
        raw = bytes(self._data[:usable])
        del self._data[:usable]
        if self._left is not None:
            self._left -= usable
            if self._left < channels * dtype.itemsize:
                self._left = 0
                self._data.clear()  # chunks behind the audio
        return [_pcm(rate, channels, np.frombuffer(raw, dtype), self._name)] if raw else []

    def finish(self) -> list[DecodedAudio]:
        """Note it if it ended too early."""
        if self._format is None:
            raise MediaFileError(self._name, "it is cut off within the header of a WAV file.")
        rate, channels, dtype = self._format
        note_missing(self._name, (self._left or 0) / (rate * channels * dtype.itemsize))
        self._left = None
        return []


def _pcm(rate: int, channels: int, values: npt.NDArray[Any], name: str) -> DecodedAudio:
    planar = values.reshape(-1, channels).T
    if planar.dtype == np.dtype("<i4"):
        return DecodedAudio(rate, (planar.astype(np.float32) / np.float32(2**31)))
    if planar.dtype.kind == "f":
        return DecodedAudio(rate, float_samples(planar, name))
    return DecodedAudio(rate, planar.astype(np.int16))
