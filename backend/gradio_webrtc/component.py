"""The ``WebRTC`` component: its props, ``stream()``, and what an app may ask of its streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from gradio.components import Timer
from gradio.components.base import Component
from gradio.events import EventListener

from gradio_webrtc.gradio_events.icons import served_icon
from gradio_webrtc.gradio_events.rerendering import previous_instance
from gradio_webrtc.gradio_events.server_functions import ServerFunctions
from gradio_webrtc.gradio_events.stream_event import EachTime
from gradio_webrtc.gradio_events.stream_methods import StreamMethods
from gradio_webrtc.gradio_events.streaming_component import OutputListeners
from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.media.video.frames import FrameFormat
from gradio_webrtc.options import (
    Button,
    Fallback,
    RTCConfigurationOption,
    Variant,
    VideoSource,
    check_page_options,
    check_stream_options,
)
from gradio_webrtc.recording.options import Recording
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.transports.media_preferences import MaxBitrate, VideoCodec
from gradio_webrtc.transports.negotiation.candidate_addresses import CandidateAddresses


class WebRTC(StreamMethods, ServerFunctions):
    """Streams audio and video between the browser and Python functions over WebRTC.

    Put it into a ``gr.Blocks`` app and give its :meth:`stream` a stream handler, a function or a
    generator. The person presses start, and the connection lives until they stop, the time limit
    is over or the handler ends it.

    ``EVENTS``: ``tick`` and ``state_change`` carry this package's own traffic. ``start_recording``
    fires when a stream connects, ``stop_recording`` when it ended; apps may listen to both.
    """

    EVENTS = [  # noqa: RUF012 - Gradio's base class declares it as an instance variable
        EventListener("tick", doc="The server asks for the values of the other inputs."),
        EventListener("state_change", doc="Additional outputs are waiting on the server."),
        EachTime("submit", doc="The person submitted what they typed or said."),
        EventListener("start_recording", doc="A stream has connected."),
        EventListener("stop_recording", doc="A stream has ended."),
    ]

    def __init__(
        self,
        value: str | Callable[[], str | None] | None = None,
        height: int | str | None = None,
        width: int | str | None = None,
        label: str | None = None,
        every: Timer | float | None = None,
        inputs: Component | Sequence[Component] | set[Component] | None = None,
        show_label: bool | None = None,
        container: bool = True,
        scale: int | None = None,
        min_width: int = 160,
        interactive: bool | None = None,
        visible: bool | Literal["hidden"] = True,
        elem_id: str | None = None,
        elem_classes: list[str] | str | None = None,
        render: bool = True,
        key: int | str | tuple[int | str, ...] | None = None,
        mirror_webcam: bool = True,
        rtc_configuration: RTCConfigurationOption = None,
        server_rtc_configuration: RTCConfigurationOption = None,
        track_constraints: dict[str, Any] | None = None,
        time_limit: float | None = None,
        allow_extra_tracks: bool = False,
        mode: Mode = "send-receive",
        modality: Modality = "video",
        rtp_params: dict[str, Any] | None = None,
        icon: str | None = None,
        icon_button_color: str | None = None,
        pulse_color: str | None = None,
        icon_radius: int | None = None,
        button_labels: dict[str, str] | None = None,
        variant: Variant = "wave",
        full_screen: bool | None = True,
        frame_format: FrameFormat = "rgb24",
        video_sources: Sequence[VideoSource] = ("camera",),
        buttons: Sequence[Button] = (),
        show_statistics: bool = False,
        video_codec: VideoCodec | None = None,
        max_bitrate: MaxBitrate = None,
        record: Recording | str | None = None,
        placeholder: str | None = None,
        turn_labels: dict[str, str] | Literal[False] | None = None,
        candidate_addresses: CandidateAddresses = "auto",
        max_resolution: tuple[int, int] | None = None,
        allowed_origins: Sequence[str] | None = None,
        fallback: Fallback = "websocket",
        push_to_talk: bool = False,
        shared: bool = False,
        *,
        shared_host: StreamHost | None = None,
        shared_listeners: OutputListeners | None = None,
    ) -> None:
        """Create the component.

        Parameters:
            value: the id of the page's current connection. The page sets it; leave it out. A
                function is called on every page load, as for any Gradio component.
            height: height of the component, in pixels as a number or in CSS units as a string; by
                default it fits its content.
            width: width of the component, in pixels as a number or in CSS units as a string; by
                default it fills its column.
            label: the text above the component, also used in error messages about it.
            every: how often `value` is recalculated when it is a function: seconds, or a
                `gr.Timer`.
            inputs: components that `value` is recalculated from when it is a function.
            show_label: whether the label is shown.
            container: whether the component sits in a padded container.
            scale: width relative to its neighbours in a `gr.Row`.
            min_width: width in pixels below which a row wraps.
            interactive: `False` disables the start button and the device controls.
            visible: `False` removes the component and ends its connection; `"hidden"` keeps it in
                the page unseen.
            elem_id: id of the component's element in the page.
            elem_classes: CSS classes of the component's element.
            render: `False` to place the component later with `.render()`.
            key: identity across re-renders in `gr.render`.
            mirror_webcam: whether the person's own view is mirrored, as in a mirror. What is sent
                is never mirrored.
            rtc_configuration: configuration of the browser's `RTCPeerConnection`, such as
                `{"iceServers": [...]}`, or a function or coroutine function that returns it, called
                for each connection. `None` uses no ICE servers, which is right while browser and
                server share a network; a server elsewhere usually needs TURN. `"auto"` takes the
                TURN servers for which the environment has keys: on Hugging Face's Spaces those of
                `HF_TOKEN`.
            server_rtc_configuration: the same for the server's side. `None` uses
                `rtc_configuration`; `{"iceServers": []}` uses none.
            track_constraints: `MediaTrackConstraints` for the microphone or camera; for
                `audio-video` a dict with the keys `audio` and `video`. `None` asks for echo
                cancellation, noise suppression and gain control, and for 1280x720 at 30 frames a
                second.
            time_limit: seconds after which a connected stream ends; the page says so.
                `stream(time_limit=...)` wins.
            allow_extra_tracks: accept, and ignore, tracks that do not belong to `modality` instead
                of refusing the connection.
            mode: `"send-receive"`, `"send"` (browser to server only) or `"receive"` (server to
                browser only).
            modality: `"audio"`, `"video"` or `"audio-video"`.
            rtp_params: parameters for the browser's `RTCRtpSender.setParameters`, such as
                `{"degradationPreference": "maintain-framerate"}`.
            icon: path or URL of an image for the start button, instead of the built-in one.
            icon_button_color: CSS colour of the start button; by default the theme's accent colour.
            pulse_color: CSS colour of the ring that shows who is speaking; by default the theme's
                accent colour.
            icon_radius: corner radius of the start button in percent; 50, a circle, by default.
            button_labels: texts of the buttons, a dict with any of the keys `start`, `stop`,
                `waiting` and `talk`.
            full_screen: whether a full-screen button is offered. The component stays in its place
                until someone presses it.
            frame_format: channel order of the arrays video handlers get and give: `"rgb24"` and
                `"bgr24"` of shape `(height, width, 3)`, `"gray"` of shape `(height, width)`; all
                `uint8`.
            variant: `"wave"` shows voice as a pulsing icon; `"textbox"`, for audio, is a composer
                to type or talk in. A handler then finds a `WebRTCData` in `latest_args[0]`.
            video_sources: what the person may send as video, the first one by default:
                `"camera"`, `"screen"`, or both to choose from, also while streaming.
            buttons: further buttons in the page: `"snapshot"` saves the picture that is seen,
                `"recording"` what is seen and heard.
            show_statistics: whether the page can show round trip, bitrate, frame rate, dropped
                frames and codec of the connection.
            video_codec: `"VP8"` or `"H264"`, preferred in both directions where the browser has
                it; `None` leaves it to the browser.
            max_bitrate: most bits per second of video in each direction, or a dict with any of the
                keys `audio` and `video`; `None` for the browser's and our own defaults.
            record: a `Recording`, or a folder to record into, to keep each session in a file on
                the server.
            placeholder: what the empty field of `variant="textbox"` says.
            turn_labels: what the page calls each turn of a conversation, a dict with any of the
                keys `listening`, `speaking` (the person), `thinking` and `replying`; `False` shows
                neither turns nor stop words.
            candidate_addresses: to which addresses a client may make the server send ICE checks.
                `"auto"`: public ones, and private ones if the client itself is on a private
                network or on this machine. `"public"`: public ones only. `"any"`: also loopback
                and link-local ones. Never multicast, broadcast or reserved ones. A client whose
                own checks reach the server connects in any case.
            max_resolution: the largest video a page may send, `(width, height)` in pixels, compared
                by area; `None` for 4K, `(3840, 2160)`. Larger frames are ignored, and the page
                says so.
            allowed_origins: sites whose pages may connect beside the app's own, such as
                `["https://example.org"]` for a site that embeds the app as a web component;
                `["*"]` for every site. By default those that the app it is mounted in allows by
                FastAPI's `CORSMiddleware`.
            fallback: what carries the sound of a page whose network has no path for WebRTC, where
                `modality` is `"audio"`: `"websocket"`, to this app's own address, or `None` to
                fail with an error instead. The page says which it is.
            push_to_talk: whether the person talks by a button they hold, or the space bar: the
                microphone sends sound only then, and a press is a turn of a `ReplyOnPause`.
            shared: in `mode="receive"`, whether everybody watches the same: the function runs
                once for all who chose the same values of its inputs, and each frame is encoded
                once. It ends some seconds after the last of them has left.
            shared_host: for this package itself; leave it out.
            shared_listeners: for this package itself; leave it out.

        Raises:
            ConfigurationError: an option has a value that cannot work; the text says which.
        """
        self.stream_options = stream = check_stream_options(
            mode=mode,
            modality=modality,
            frame_format=frame_format,
            rtc_configuration=rtc_configuration,
            server_rtc_configuration=server_rtc_configuration,
            time_limit=time_limit,
            allow_extra_tracks=allow_extra_tracks,
            video_codec=video_codec,
            max_bitrate=max_bitrate,
            max_resolution=max_resolution,
            record=record,
            candidate_addresses=candidate_addresses,
            allowed_origins=allowed_origins,
            shared=shared,
        )
        page = check_page_options(
            stream,
            track_constraints=track_constraints,
            rtp_params=rtp_params,
            button_labels=button_labels,
            variant=variant,
            video_sources=video_sources,
            buttons=buttons,
            turn_labels=turn_labels,
            fallback=fallback,
            push_to_talk=push_to_talk,
        )
        # Gradio makes props of the attributes that are named as a parameter is.
        self.mode = stream.mode
        self.modality = stream.modality
        self.height = height
        self.width = width
        self.mirror_webcam = mirror_webcam
        self.time_limit = stream.time_limit
        self.allow_extra_tracks = stream.allow_extra_tracks
        self.candidate_addresses = stream.candidate_addresses
        self.rtc_configuration = stream.rtc_configuration
        self.server_rtc_configuration = stream.server_rtc_configuration
        self.track_constraints = track_constraints
        self.rtp_params = page.rtp_params
        self.button_labels = page.button_labels
        self.icon_button_color = icon_button_color
        self.pulse_color = pulse_color
        self.icon_radius = icon_radius
        self.full_screen = full_screen is not False
        self.frame_format = stream.frame_format
        self.variant = variant
        self.placeholder = placeholder
        self.turn_labels = page.turn_labels
        self.video_sources = page.video_sources
        self.buttons = page.buttons
        self.show_statistics = show_statistics
        self.video_codec = stream.video_codec
        self.max_bitrate = stream.max_bitrate
        self.max_resolution = stream.max_resolution
        self.record = stream.record
        self.allowed_origins = stream.allowed_origins
        self.fallback = fallback
        self.push_to_talk = push_to_talk
        self.shared = stream.shared
        self._host = shared_host
        self.listeners = OutputListeners() if shared_listeners is None else shared_listeners
        self._streamed = shared_host is not None
        if shared_host is None:
            before = previous_instance(key)
            # Its page goes on with the sessions it has, also before stream() is called.
            self._host = before._host if isinstance(before, WebRTC) else None
        super().__init__(
            value=value,
            label=label,
            every=every,
            inputs=inputs,
            show_label=show_label,
            container=container,
            scale=scale,
            min_width=min_width,
            interactive=interactive,
            visible=visible,
            elem_id=elem_id,
            elem_classes=elem_classes,
            render=render,
            key=key,
        )
        # Only now is it known in which folder the app keeps its files. A file rather than its
        # address, since Gradio puts the path in front under which the app is reached.
        self.icon = served_icon(self, icon)
