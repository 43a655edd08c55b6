"""Which codec and how many bits an author wants, for both sides of a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.video.resolution import MAX_RESOLUTION, Resolution

VideoCodec = Literal["VP8", "H264"]
MaxBitrate: TypeAlias = int | Mapping[Literal["audio", "video"], int] | None


@dataclass(frozen=True)
class MediaPreferences:
    """How media is to be encoded; None leaves a choice to the browser and to our defaults.

    Attributes:
        video_codec: the codec preferred where both sides have it.
        audio_bitrate: most bits per second of audio.
        video_bitrate: most bits per second of video.
        max_resolution: the largest received frames that are decoded, by area.
    """

    video_codec: VideoCodec | None = None
    audio_bitrate: int | None = None
    video_bitrate: int | None = None
    max_resolution: Resolution = MAX_RESOLUTION


def bitrates(value: MaxBitrate) -> dict[str, int]:
    """Return what an author passed as ``max_bitrate`` as a dict of ``audio`` and ``video``.

    Raises:
        ConfigurationError: it is neither None, a number of bits per second nor such a dict.
    """
    if value is None:
        return {}
    limits: dict[str, int] = dict(value.items()) if isinstance(value, Mapping) else {"video": value}
    for kind, limit in limits.items():
        if kind not in ("audio", "video"):
            raise ConfigurationError(
                f"max_bitrate takes the keys 'audio' and 'video'; got {kind!r}."
            )
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 6_000:
            raise ConfigurationError(
                f"max_bitrate is in bits per second, from 6000 up; got {limit!r} for {kind}."
            )
    return limits
