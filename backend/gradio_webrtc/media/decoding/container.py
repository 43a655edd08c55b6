"""Audio and video of a file that libav takes apart, one piece after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.declared_length import note_missing
from gradio_webrtc.media.decoding.decoded_audio import (
    CHUNK_S,
    DecodedAudio,
    float_samples,
    joined,
    to_sound,
)
from gradio_webrtc.media.decoding.stream_selection import streams_of
from gradio_webrtc.media.emitted_media import MediaKind

JUMP_S = 0.05
"""Audio whose time is off by less than this follows the audio before it without a seam: containers
round their times. More is a gap, or a new start, that frames follow as well."""

AAC_DELAY_S = 0.1
"""Longer than the delay of an AAC encoder at any rate: 2048 samples at 24 kHz are 85 ms."""


@dataclass(frozen=True)
class Picture:
    """A decoded frame and its time in seconds from the file's start."""

    frame: av.VideoFrame
    time: float


@dataclass(frozen=True)
class Stretch:
    """Audio and its time in seconds from the file's start."""

    sound: DecodedAudio
    time: float


Item = Picture | Stretch


class ContainerDecoder:
    """Iterates over an open container's audio and video, in the file's own order.

    Args:
        container: open for reading; it stays its opener's to close.
        kinds: what to decode of it.
        name: for errors.
        start: seconds to skip.
        end: seconds at which to stop, ``None`` for the end.

    Raises:
        MediaFileError: it has none of ``kinds``.
    """

    def __init__(
        self,
        container: InputContainer,
        kinds: frozenset[MediaKind],
        name: str,
        start: float = 0.0,
        end: float | None = None,
    ) -> None:
        self._container = container
        self._name = name
        self._streams = streams_of(container, kinds, name)
        audio = self._streams.get("audio")
        self._plain_floats = audio is not None and audio.codec_context.name.startswith("pcm_f")
        self._start = start
        self._end = end
        self._origin: float | None = None
        self._sound_end: float | None = None
        self._reached = 0.0
        self._failed: Exception | None = None
        self._broken: Exception | None = None
        self._sounds: list[tuple[DecodedAudio, float]] = []
        self.last_time: float | None = None
        for stream in self._streams.values():
            if stream.type == "video":
                stream.thread_type = "AUTO"
        if start > 0:
            self._seek(start)

    def __iter__(self) -> Iterator[Item]:
        """Decode until the end.

        Raises:
            MediaFileError: after everything that could be decoded: the file is damaged, or cut off
                within what its index lists. One that is shorter than it says is only logged.
        """
        stopped: set[str] = set()
        for frame in self._frames():
            time = self._time_of(frame)
            if self._end is not None and time >= self._end:
                stopped.add(type(frame).__name__)
                if len(stopped) == len(self._streams):
                    break
                continue
            self._reached = max(self._reached, time)
            if isinstance(frame, av.AudioFrame):
                if self._plain_floats:
                    float_samples(frame.to_ndarray(), self._name)
                yield from self._sound(frame, time)
            elif time >= self._start - 1e-3:
                yield from self._gathered()
                yield Picture(frame, max(0.0, time - self._start))
        yield from self._gathered()
        if not stopped:
            self._check_end()

    # -- inside ------------------------------------------------------------------------------

    def _frames(self) -> Iterator[av.AudioFrame | av.VideoFrame]:
        last: dict[int, av.AudioFrame] = {}
        mp4 = "mp4" in self._container.format.name
        for packet in self._packets():
            try:
                frames = packet.decode()
            except av.error.FFmpegError as error:
                self._failed = error
                continue
            for frame in frames:
                self._failed = None
                if not mp4 or not isinstance(frame, av.AudioFrame):
                    yield frame
                    continue
                # The last one may be declared shorter than the codec's frames are.
                if (held := last.get(packet.stream_index)) is not None:
                    yield held
                last[packet.stream_index] = frame
        for held in last.values():
            yield _shortened(held)

    def _packets(self) -> Iterator[Any]:
        streams = list(self._streams.values())
        try:
            for packet in self._container.demux(streams):
                if packet.dts is not None and packet.time_base is not None:
                    self.last_time = float(packet.dts * packet.time_base)
                yield packet
        except av.error.FFmpegError as error:
            self._broken = error
            for stream in streams:
                yield _flush(stream)

    def _time_of(self, frame: av.AudioFrame | av.VideoFrame) -> float:
        """Return the frame's time in seconds from the beginning of the file."""
        seconds: float | None = None
        if frame.pts is not None and frame.time_base is not None:
            seconds = float(frame.pts * frame.time_base)
        if self._origin is None:
            self._origin = _start_of(self._container)
            if self._origin is None:
                self._origin = seconds or 0.0
        if seconds is None:
            return self._sound_end or self._reached
        return seconds - self._origin

    def _sound(self, frame: av.AudioFrame, time: float) -> Iterator[Item]:
        sound = to_sound(frame)
        if self._sound_end is None or abs(time - self._sound_end) > JUMP_S:
            yield from self._gathered()
            self._sound_end = time
        time, self._sound_end = self._sound_end, self._sound_end + sound.duration
        sound, time = self._within(sound, time)
        if sound.samples.shape[1]:
            self._sounds.append((sound, max(0.0, time - self._start)))
        if sum(each.duration for each, _ in self._sounds) >= CHUNK_S:
            yield from self._gathered()

    def _within(self, sound: DecodedAudio, time: float) -> tuple[DecodedAudio, float]:
        """Cut what is before the start or behind the end."""
        skipped = max(0, round((self._start - time) * sound.rate))
        samples = sound.samples[:, skipped:]
        time += skipped / sound.rate
        if self._end is not None:
            samples = samples[:, : max(0, round((self._end - time) * sound.rate))]
        return DecodedAudio(sound.rate, samples), time

    def _gathered(self) -> Iterator[Item]:
        if self._sounds:
            time = self._sounds[0][1]
            chunks = joined(sound for sound, _ in self._sounds)
            self._sounds = []
            for sound in chunks:
                yield Stretch(sound, time)
                time += sound.duration

    def _seek(self, start: float) -> None:
        origin = self._container.start_time or 0
        try:
            self._container.seek(origin + round(start * av.time_base))
        except av.error.FFmpegError as error:
            raise MediaFileError(
                self._name, f"it cannot start at {start:g} s: {_reason(error)}"
            ) from error

    def _check_end(self) -> None:
        reached = max(self._reached, self._sound_end or 0.0)
        failure = self._broken or self._failed
        if failure is not None:
            raise MediaFileError(self._name, _why_ended(failure, reached)) from failure
        declared = self._container.duration
        if declared is None or self._container.format.name in _ESTIMATED:
            return
        seconds = declared / av.time_base
        if seconds - reached > 0.01 * seconds:
            note_missing(self._name, seconds - reached)


_ESTIMATED = ("mp3", "aac", "mpegts", "mpeg", "hls", "h264", "ogg")
"""Formats whose length is guessed from a bitrate, or differs when they are streamed."""


def _start_of(container: InputContainer) -> float | None:
    """Return the time at which the presentation begins, in seconds.

    MPEG-TS does not say that the first frame of AAC is the encoder's delay. Where there are
    pictures it can be told: that frame comes before the first of them.
    """
    start = None if container.start_time is None else container.start_time / av.time_base
    videos = container.streams.video
    if start is None or container.format.name != "mpegts" or not videos:
        return start
    first, base = videos[0].start_time, videos[0].time_base
    if first is None or base is None:
        return start
    pictures = float(first * base)
    return pictures if 0 < pictures - start < AAC_DELAY_S else start


def _shortened(frame: av.AudioFrame) -> av.AudioFrame:
    """Cut a last frame down to its declared duration."""
    if frame.duration and frame.time_base:
        samples = round(frame.duration * Fraction(frame.time_base) * frame.sample_rate)
        if 0 < samples < frame.samples:
            layout, array = frame.layout.name, frame.to_ndarray()
            width = samples if frame.format.is_planar else samples * frame.layout.nb_channels
            short = av.AudioFrame.from_ndarray(array[:, :width].copy(), frame.format.name, layout)
            short.sample_rate, short.pts, short.time_base = (
                frame.sample_rate,
                frame.pts,
                frame.time_base,
            )
            return short
    return frame


def _flush(stream: Any) -> Any:
    """Return the empty packet that makes a decoder give what it holds."""
    packet = av.Packet()
    packet.stream = stream
    return packet


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def _why_ended(error: Exception, reached: float) -> str:
    where = f"after {reached:.2f} s" if reached > 0 else "at its beginning"
    if isinstance(error, av.error.ExitError):
        return f"nothing came for too long {where}."
    if isinstance(error, (av.error.InvalidDataError, av.error.EOFError)):
        return f"it is damaged or encrypted: decoding ended {where}."
    return f"it ended {where}: {_reason(error)}."
