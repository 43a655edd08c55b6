"""What an app's author passes: checked, with errors that say what to pass instead.

The one place where options become the settings of a stream, for ``WebRTC`` and ``Stream`` alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from gradio_webrtc.credentials.automatic import AUTOMATIC
from gradio_webrtc.error_words import words_for
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.adapters.as_handler import (
    UserCode,
    as_handler,
    check_arity,
    format_of,
    needs_args,
    takes_args,
)
from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.media.video.frames import FrameFormat, check_frame_format
from gradio_webrtc.media.video.resolution import Resolution, check_resolution
from gradio_webrtc.recording.options import Recording, as_recording
from gradio_webrtc.server.origins import checked_origins
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.session.state import Limits
from gradio_webrtc.transports.ice.ice_servers import RTCConfigurationSource, check_configuration
from gradio_webrtc.transports.media_preferences import (
    MaxBitrate,
    MediaPreferences,
    VideoCodec,
    bitrates,
)
from gradio_webrtc.transports.negotiation.candidate_addresses import (
    CandidateAddresses,
    check_candidate_addresses,
)
from gradio_webrtc.transports.negotiation.signaling import kinds_for
from gradio_webrtc.transports.sharing.watching_handler import Shared

Variant = Literal["wave", "textbox"]
VideoSource = Literal["camera", "screen"]
Button = Literal["snapshot", "recording"]
Fallback: TypeAlias = Literal["websocket"] | None
Places: TypeAlias = int | Literal["default"] | None
RTCConfigurationOption: TypeAlias = RTCConfigurationSource | Literal["auto"]

BUTTON_LABELS = ("start", "stop", "waiting", "talk")
TURN_LABELS = ("listening", "speaking", "thinking", "replying")

_T = TypeVar("_T")


@dataclass(frozen=True)
class StreamOptions:
    """What ``WebRTC`` and ``Stream`` take alike, with defaults filled in."""

    mode: Mode
    modality: Modality
    frame_format: FrameFormat
    time_limit: float | None
    allow_extra_tracks: bool
    rtc_configuration: RTCConfigurationSource
    server_rtc_configuration: RTCConfigurationSource
    video_codec: VideoCodec | None
    max_bitrate: dict[str, int]
    max_resolution: Resolution
    record: Recording | None
    candidate_addresses: CandidateAddresses
    allowed_origins: list[str] | None
    shared: bool = False

    def settings(
        self,
        fn: UserCode,
        *,
        inputs: int | None = None,
        time_limit: float | None = None,
        composer: bool = False,
        show_error: bool = False,
        words: Callable[..., str] = words_for,
    ) -> StreamSettings:
        """Return the settings of a stream that runs ``fn``.

        Args:
            fn: the author's code.
            inputs: how many values of other components ``fn`` gets; ``None`` when clients decide.
            time_limit: seconds that win over those of the options.
            composer: whether the page has a text composer.
            show_error: whether clients get the text of any error in user code.
            words: what a client is told of an error.

        Raises:
            ConfigurationError: ``fn`` does not fit the mode, the modality or the inputs.
        """
        make = as_handler(
            fn, mode=self.mode, modality=self.modality, frame_format=self.frame_format
        )
        if inputs is not None:
            check_arity(fn, inputs, mode=self.mode)
        needs = needs_args(fn, self.mode) if inputs is None else inputs > 0
        asks = inputs is None and takes_args(fn, self.mode)
        return StreamSettings(
            make_handler=partial(make, needs_args=needs, asks_args=asks),
            shared=Shared(fn, kinds_for(self.modality), needs, asks) if self.shared else None,
            check_args=lambda count: check_arity(fn, count, mode=self.mode),
            mode=self.mode,
            modality=self.modality,
            limits=Limits(time_limit=self.time_limit if time_limit is None else time_limit),
            allow_extra_tracks=self.allow_extra_tracks,
            rtc_configuration=self.rtc_configuration,
            server_rtc_configuration=self.server_rtc_configuration,
            frame_format=format_of(fn, self.frame_format),
            preferences=MediaPreferences(
                self.video_codec,
                self.max_bitrate.get("audio"),
                self.max_bitrate.get("video"),
                self.max_resolution,
            ),
            recording=self.record,
            composer=composer,
            candidate_addresses=self.candidate_addresses,
            allowed_origins=self.allowed_origins,
            show_error=show_error,
            words=words,
        )


@dataclass(frozen=True)
class PageOptions:
    """What only ``WebRTC`` takes, with defaults filled in."""

    rtp_params: dict[str, Any]
    button_labels: dict[str, str]
    video_sources: list[VideoSource]
    buttons: list[Button]
    turn_labels: dict[str, str] | Literal[False]


def check_stream_options(
    *,
    mode: Mode,
    modality: Modality,
    frame_format: FrameFormat,
    rtc_configuration: RTCConfigurationOption,
    server_rtc_configuration: RTCConfigurationOption,
    time_limit: float | None = None,
    allow_extra_tracks: bool = False,
    video_codec: VideoCodec | None = None,
    max_bitrate: MaxBitrate = None,
    max_resolution: tuple[int, int] | None = None,
    record: Recording | str | None = None,
    candidate_addresses: CandidateAddresses = "auto",
    allowed_origins: Sequence[str] | None = None,
    shared: bool = False,
) -> StreamOptions:
    """Check what ``WebRTC`` and ``Stream`` take alike.

    Raises:
        ConfigurationError: one of them cannot work.
    """
    one_of("mode", mode, get_args(Mode))
    one_of("modality", modality, get_args(Modality))
    check_frame_format(frame_format)
    one_of("video_codec", video_codec, (*get_args(VideoCodec), None))
    if shared and mode != "receive":
        raise ConfigurationError(f'shared=True is for mode="receive"; got mode="{mode}".')
    recording = as_recording(record)
    if recording is not None:
        recording.sides(mode)
        recording.prepare()
    return StreamOptions(
        mode=mode,
        modality=modality,
        frame_format=frame_format,
        time_limit=number_or_none("time_limit", time_limit),
        allow_extra_tracks=allow_extra_tracks,
        rtc_configuration=_source("rtc_configuration", rtc_configuration),
        server_rtc_configuration=_source("server_rtc_configuration", server_rtc_configuration),
        video_codec=video_codec,
        max_bitrate=bitrates(max_bitrate),
        max_resolution=check_resolution(max_resolution),
        record=recording,
        candidate_addresses=check_candidate_addresses(candidate_addresses),
        allowed_origins=checked_origins(allowed_origins),
        shared=bool(shared),
    )


def check_page_options(
    stream: StreamOptions,
    *,
    track_constraints: Mapping[str, Any] | None = None,
    rtp_params: Mapping[str, Any] | None = None,
    button_labels: Mapping[str, str] | None = None,
    variant: Variant = "wave",
    video_sources: Sequence[VideoSource] = ("camera",),
    buttons: Sequence[Button] = (),
    turn_labels: Mapping[str, str] | Literal[False] | None = None,
    fallback: Fallback = None,
    push_to_talk: bool = False,
) -> PageOptions:
    """Check what only ``WebRTC`` takes, for a component that streams as ``stream`` says.

    Raises:
        ConfigurationError: one of them cannot work.
    """
    one_of("variant", variant, get_args(Variant))
    one_of("fallback", fallback, ("websocket", None))
    if variant == "textbox" and stream.modality != "audio":
        raise ConfigurationError('variant="textbox" is for modality="audio".')
    if variant == "textbox" and stream.mode == "receive":
        raise ConfigurationError(
            'variant="textbox" needs a mode in which the page sends, not "receive".'
        )
    if push_to_talk and (stream.modality == "video" or stream.mode == "receive"):
        raise ConfigurationError("push_to_talk needs a page that sends sound.")
    for name, value in (("track_constraints", track_constraints), ("rtp_params", rtp_params)):
        if value is not None and not isinstance(value, Mapping):
            raise ConfigurationError(f"{name} must be a dict; got {type(value).__name__}.")
    labels = _labels("button_labels", button_labels, BUTTON_LABELS)
    return PageOptions(
        rtp_params=dict(rtp_params or {}),
        button_labels={name: labels.get(name, "") for name in BUTTON_LABELS},
        video_sources=_some_of("video_sources", video_sources, get_args(VideoSource), least=1),
        buttons=_some_of("buttons", buttons, get_args(Button), least=0),
        turn_labels=turn_labels is not False and _labels("turn_labels", turn_labels, TURN_LABELS),
    )


def _source(name: str, option: RTCConfigurationOption) -> RTCConfigurationSource:
    """Return what is asked for each connection, or a configuration that was checked."""
    if isinstance(option, str) and option == "auto":
        return AUTOMATIC
    if option is not None and not callable(option):
        check_configuration(option, name)
    return option


def _labels(name: str, labels: Mapping[str, str] | None, keys: tuple[str, ...]) -> dict[str, str]:
    """Return ``labels`` as a dict of its own, which has no other keys than ``keys``."""
    unknown = sorted(set(labels or {}) - set(keys))
    if unknown:
        raise ConfigurationError(f"{name} has unknown keys {unknown}; it takes {', '.join(keys)}.")
    return dict(labels or {})


def _some_of(name: str, values: Sequence[_T], allowed: Sequence[_T], *, least: int) -> list[_T]:
    """Return ``values`` as a list without repetitions."""
    if isinstance(values, str) or not isinstance(values, Sequence) or len(values) < least:
        listed = ", ".join(repr(item) for item in allowed)
        raise ConfigurationError(f"{name} must be a list of some of {listed}; got {values!r}.")
    for value in values:
        one_of(f"each of {name}", value, allowed)
    return list(dict.fromkeys(values))


def one_of(name: str, value: _T, allowed: Sequence[_T]) -> None:
    """Raise ``ConfigurationError`` unless ``value`` is one of ``allowed``."""
    if value not in allowed:
        listed = ", ".join(repr(item) for item in allowed)
        raise ConfigurationError(f"{name} must be one of {listed}; got {value!r}.")


def number_or_none(name: str, value: float | None) -> float | None:
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


def limit_or_none(value: Places, *, shared: bool = False) -> int | None:
    """Return how many may stream at once; ``"default"`` is 1, and as many as come if ``shared``.

    Raises:
        ConfigurationError: it is none of these.
    """
    if value == "default":
        return None if shared else 1
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigurationError(
            f'concurrency_limit must be a positive integer, None or "default"; got {value!r}.'
        )
    return value
