"""Checks of what an app's author passes, with errors that say what to pass instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.media.video.frames import check_frame_format
from gradio_webrtc.media.video.resolution import Resolution, check_resolution
from gradio_webrtc.recording.options import Recording, as_recording
from gradio_webrtc.transports.ice.ice_servers import check_configuration
from gradio_webrtc.transports.media_preferences import VideoCodec, bitrates

Variant = Literal["wave", "textbox"]
VideoSource = Literal["camera", "screen"]
Button = Literal["snapshot", "recording"]
MaxBitrate: TypeAlias = int | Mapping[Literal["audio", "video"], int] | None

BUTTON_LABELS = ("start", "stop", "waiting")
TURN_LABELS = ("listening", "speaking", "thinking", "replying")


@dataclass(frozen=True)
class ComponentOptions:
    """Options with their defaults filled in."""

    rtp_params: dict[str, Any]
    button_labels: dict[str, str]
    video_sources: list[VideoSource]
    buttons: list[Button]
    max_bitrate: dict[str, int]
    max_resolution: Resolution
    record: Recording | None
    turn_labels: dict[str, str] | Literal[False]


def check_component_options(
    *,
    mode: object,
    modality: object,
    frame_format: object,
    rtc_configuration: object,
    server_rtc_configuration: object,
    track_constraints: object,
    rtp_params: Mapping[str, Any] | None,
    button_labels: Mapping[str, str] | None,
    variant: object = "wave",
    video_sources: Sequence[VideoSource] = ("camera",),
    buttons: Sequence[Button] = (),
    video_codec: object = None,
    max_bitrate: object = None,
    max_resolution: object = None,
    record: object = None,
    turn_labels: Mapping[str, str] | Literal[False] | None = None,
) -> ComponentOptions:
    """Check the component's own options.

    Raises:
        ConfigurationError: one of them cannot work.
    """
    one_of("mode", mode, get_args(Mode))
    one_of("modality", modality, get_args(Modality))
    check_frame_format(frame_format)
    one_of("variant", variant, get_args(Variant))
    if variant == "textbox" and modality != "audio":
        raise ConfigurationError('variant="textbox" is for modality="audio".')
    if variant == "textbox" and mode == "receive":
        raise ConfigurationError(
            'variant="textbox" needs a mode in which the page sends, not "receive".'
        )
    one_of("video_codec", video_codec, (*get_args(VideoCodec), None))
    for name, value in (
        ("rtc_configuration", rtc_configuration),
        ("server_rtc_configuration", server_rtc_configuration),
    ):
        if value is not None and not callable(value):
            check_configuration(value, name)
    for name, value in (("track_constraints", track_constraints), ("rtp_params", rtp_params)):
        if value is not None and not isinstance(value, Mapping):
            raise ConfigurationError(f"{name} must be a dict; got {type(value).__name__}.")
    labels = _labels("button_labels", button_labels, BUTTON_LABELS)
    recording = as_recording(record)
    if recording is not None:
        recording.sides(cast(Mode, mode))
        recording.prepare()
    return ComponentOptions(
        rtp_params=dict(rtp_params or {}),
        button_labels={name: labels.get(name, "") for name in BUTTON_LABELS},
        video_sources=_some_of("video_sources", video_sources, get_args(VideoSource), least=1),
        buttons=_some_of("buttons", buttons, get_args(Button), least=0),
        max_bitrate=bitrates(max_bitrate),
        max_resolution=check_resolution(max_resolution),
        record=recording,
        turn_labels=turn_labels is not False and _labels("turn_labels", turn_labels, TURN_LABELS),
    )


def _labels(name: str, labels: Mapping[str, str] | None, keys: tuple[str, ...]) -> dict[str, str]:
    """Return ``labels`` as a dict of its own, which has no other keys than ``keys``."""
    unknown = sorted(set(labels or {}) - set(keys))
    if unknown:
        raise ConfigurationError(f"{name} has unknown keys {unknown}; it takes {', '.join(keys)}.")
    return dict(labels or {})


def _some_of(name: str, values: object, allowed: tuple[Any, ...], *, least: int) -> list[Any]:
    """Return ``values`` as a list without repetitions."""
    if isinstance(values, str) or not isinstance(values, Sequence) or len(values) < least:
        listed = ", ".join(repr(item) for item in allowed)
        raise ConfigurationError(f"{name} must be a list of some of {listed}; got {values!r}.")
    for value in values:
        one_of(f"each of {name}", value, allowed)
    return list(dict.fromkeys(values))


def one_of(name: str, value: object, allowed: tuple[Any, ...]) -> None:
    """Raise ``ConfigurationError`` unless ``value`` is one of ``allowed``."""
    if value not in allowed:
        listed = ", ".join(repr(item) for item in allowed)
        raise ConfigurationError(f"{name} must be one of {listed}; got {value!r}.")


def number_or_none(name: str, value: object) -> float | None:
    """Return a positive number of seconds, or ``None``.

    Raises:
        ConfigurationError: it is neither.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e9:
        raise ConfigurationError(
            f"{name} must be a positive number of seconds or None; got {value!r}."
        )
    return float(value)


def limit_or_none(value: object) -> int | None:
    """Return how many may stream at once; ``"default"`` is 1 and ``None`` no limit.

    Raises:
        ConfigurationError: it is none of these.
    """
    if value == "default":
        return 1
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigurationError(
            f'concurrency_limit must be a positive integer, None or "default"; got {value!r}.'
        )
    return value
