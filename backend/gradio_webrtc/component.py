"""The ``WebRTC`` component: its props, ``stream()``, and what an app may ask of its streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from gradio.components.base import Component
from gradio.events import EventListener

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.gradio_events.icons import served_icon
from gradio_webrtc.gradio_events.output_listener import OutputListeners, listen_to_outputs
from gradio_webrtc.gradio_events.place_sharing import share
from gradio_webrtc.gradio_events.requests import page_of_event
from gradio_webrtc.gradio_events.rerendering import (
    DRAWN_ANEW,
    check_inside_blocks,
    previous_instance,
    replaced_instances,
    tell_of_ending,
)
from gradio_webrtc.gradio_events.server_functions import ServerFunctions
from gradio_webrtc.gradio_events.stream_event import (
    EachTime,
    StreamArguments,
    stream_settings,
    wire,
)
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.video.frames import FrameFormat
from gradio_webrtc.options import (
    Button,
    MaxBitrate,
    Variant,
    VideoSource,
    check_component_options,
    number_or_none,
)
from gradio_webrtc.recording.options import Recording
from gradio_webrtc.server.origins import checked_origins
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.transports.ice.ice_servers import RTCConfigurationSource
from gradio_webrtc.transports.media_preferences import VideoCodec
from gradio_webrtc.transports.negotiation.candidate_addresses import (
    CandidateAddresses,
    check_candidate_addresses,
)

if TYPE_CHECKING:
    from gradio.blocks import Block
    from gradio.components import Timer
    from gradio.events import Dependency


class WebRTC(ServerFunctions):
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
        rtc_configuration: RTCConfigurationSource = None,
        server_rtc_configuration: RTCConfigurationSource = None,
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
        full_screen: bool | None = True,
        frame_format: FrameFormat = "rgb24",
        variant: Variant = "wave",
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
                server share a network; a server elsewhere usually needs TURN.
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
            button_labels: texts of the buttons, a dict with any of the keys `start`, `stop` and
                `waiting`.
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
            shared_host: for this package itself; leave it out.
            shared_listeners: for this package itself; leave it out.

        Raises:
            ConfigurationError: an option has a value that cannot work; the text says which.
        """
        options = check_component_options(
            mode=mode,
            modality=modality,
            frame_format=frame_format,
            rtc_configuration=rtc_configuration,
            server_rtc_configuration=server_rtc_configuration,
            track_constraints=track_constraints,
            rtp_params=rtp_params,
            button_labels=button_labels,
            variant=variant,
            video_sources=video_sources,
            buttons=buttons,
            video_codec=video_codec,
            max_bitrate=max_bitrate,
            record=record,
            turn_labels=turn_labels,
            max_resolution=max_resolution,
        )
        self.mode: Mode = mode
        self.modality: Modality = modality
        self.height = height
        self.width = width
        self.mirror_webcam = mirror_webcam
        self.time_limit = number_or_none("time_limit", time_limit)
        self.allow_extra_tracks = allow_extra_tracks
        self.candidate_addresses = check_candidate_addresses(candidate_addresses)
        self.rtc_configuration = rtc_configuration
        self.server_rtc_configuration = server_rtc_configuration
        self.track_constraints = track_constraints
        self.rtp_params = options.rtp_params
        self.button_labels = options.button_labels
        self.icon_button_color = icon_button_color
        self.pulse_color = pulse_color
        self.icon_radius = icon_radius
        self.full_screen = full_screen is not False
        self.frame_format: FrameFormat = frame_format
        self.variant: Variant = variant
        self.placeholder = placeholder
        self.turn_labels = options.turn_labels
        self.video_sources = options.video_sources
        self.buttons = options.buttons
        self.show_statistics = show_statistics
        self.video_codec: VideoCodec | None = video_codec
        self.max_bitrate = options.max_bitrate
        self.max_resolution = options.max_resolution
        self.record = options.record
        self.allowed_origins = checked_origins(allowed_origins)
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

    def stream(
        self,
        fn: Any = None,
        inputs: Block | Sequence[Block] | set[Block] | None = None,
        outputs: Block | Sequence[Block] | set[Block] | None = None,
        js: str | None = None,
        concurrency_limit: int | Literal["default"] | None = "default",
        concurrency_id: str | None = None,
        time_limit: float | None = None,
        trigger: Callable[..., Any] | None = None,
        send_input_on: Literal["submit", "change"] = "change",
    ) -> Dependency:
        """Connect the stream to ``fn``.

        Parameters:
            fn: for audio a `StreamHandler` or `AsyncStreamHandler`; each connection gets its own
                copy. For video a function or generator, sync or async, called with each newest
                frame and the values of the further inputs. In mode `"receive"` a generator or
                function, sync or async, that is called once with the values of the inputs.
            inputs: the component itself, then the components whose values are further arguments;
                they are kept up to date while streaming. In mode `"receive"` without the
                component; a generator gets the values they have when it is triggered.
            outputs: the component itself.
            js: JavaScript run in the page before the input values are sent.
            concurrency_limit: how many people may stream at once; `None` for no limit, 1 by
                default. The next person waits in line and is admitted without reloading.
            concurrency_id: streams with the same id share their places, the lowest limit counting.
            time_limit: seconds after which a stream ends, counted from the moment it is connected.
            trigger: the event that starts a stream in mode `"receive"`, such as `button.click`;
                while it runs, it starts anew.
            send_input_on: whether values are sent when an input changes, or when it is submitted.

        Returns:
            The Gradio dependency that carries the input values; in mode `"receive"` the trigger's.

        Raises:
            ConfigurationError: an argument cannot work; the text names this component and says what
                to pass.
        """
        check_inside_blocks("stream()")
        arguments = StreamArguments(
            component=self,
            fn=fn,
            inputs=inputs,
            outputs=outputs,
            js=js,
            concurrency_limit=concurrency_limit,
            concurrency_id=concurrency_id,
            time_limit=time_limit,
            trigger=trigger,
            send_input_on=send_input_on,
        ).checked()
        if self._streamed:
            raise ConfigurationError(
                f"{arguments.name}: stream() was called before; one component has one stream."
            )
        self._host = self._make_host(arguments)
        self._host.listeners = self.listeners.readers
        self._streamed = True
        self.time_limit = self._host.settings.limits.time_limit
        # Gradio makes a new instance when an event updates a property, from these arguments, and
        # then calls the server functions of that instance: it must find the same sessions.
        self.constructor_args["shared_host"] = self._host
        return wire(arguments, self._host)

    def on_additional_outputs(
        self,
        fn: Callable[..., Any],
        inputs: Block | Sequence[Block] | set[Block] | None = None,
        outputs: Block | Sequence[Block] | set[Block] | None = None,
        js: str | None = None,
        concurrency_limit: int | Literal["default"] | None = "default",
        concurrency_id: str | None = None,
        show_progress: Literal["full", "minimal", "hidden"] = "full",
        queue: bool = True,
        show_progress_on: Component | Sequence[Component] | None = None,
        key: int | str | tuple[int | str, ...] | None = None,
    ) -> Dependency:
        """Call ``fn`` for each `AdditionalOutputs` that user code emits, once and in order.

        Parameters:
            fn: called with the current values of `inputs`, then with the values of the
                `AdditionalOutputs`; returns the values of `outputs`. Sync or async; with
                `queue=True` also a generator.
            inputs: components whose values come first. One that is also among `outputs` has the
                value that the call before has given it.
            outputs: components that get what `fn` returns.
            js: JavaScript run in the page before the input values are sent.
            concurrency_limit: how many of these calls may run at once, of all people's; Gradio's
                default when not given, `None` for no limit.
            concurrency_id: listeners with the same id share their limit.
            show_progress: what Gradio shows on the outputs meanwhile; `"hidden"` is calm when
                outputs come often.
            queue: `False` calls `fn` outside of Gradio's queue, one request for each output.
            show_progress_on: where progress is shown, by default on `outputs`.
            key: identity of the listener across re-renders in `gr.render`.

        Returns:
            The Gradio dependency. Its `.then()` runs once for all outputs that waited together.

        Raises:
            ConfigurationError: an argument cannot work; the text says what to pass.
        """
        options: dict[str, Any] = {
            "js": js,
            "concurrency_limit": concurrency_limit,
            "concurrency_id": concurrency_id,
            "show_progress": show_progress,
            "show_progress_on": show_progress_on,
            "queue": queue,
            "key": key,
        }
        check_inside_blocks("on_additional_outputs()")
        dependency = listen_to_outputs(self, fn, inputs, outputs, options)
        # As the host of the sessions: the next instance must know of the same listeners.
        self.constructor_args["shared_listeners"] = self.listeners
        return dependency

    def _make_host(self, arguments: StreamArguments) -> StreamHost:
        """Return a host, or in ``gr.render`` that of the instance before with the same key."""
        settings = stream_settings(arguments)
        for old in replaced_instances(self):
            if isinstance(old, WebRTC) and old._host is not None and old._host.end_all(DRAWN_ANEW):
                tell_of_ending(arguments.name)
        before = self._host
        if before is not None and before.settings.same_media(settings):
            before.settings = settings
            return before
        if before is not None:
            before.end_all(DRAWN_ANEW)
        host = StreamHost(settings, SessionRegistry(arguments.concurrency_limit))
        share(host, arguments.concurrency_id, self.key)
        return host

    def output_stream(
        self, webrtc_id: str, *, check_owner: bool = True
    ) -> AsyncIterator[AdditionalOutputs]:
        """Yield one connection's additional outputs as they come, beside the page's listeners.

        Parameters:
            webrtc_id: the connection's id.
            check_owner: in a Gradio event, whether it must be a connection of the event's page.

        Raises:
            UnknownConnectionError: no connection has this id, or it is another page's.
            ConnectionClosedError: it has ended, and nothing of it is left.
        """
        return self._streaming().output_stream(webrtc_id, _acting(check_owner))

    async def fetch_latest_output(
        self, webrtc_id: str, *, check_owner: bool = True
    ) -> AdditionalOutputs:
        """Wait for the next additional output of one connection and return it.

        Parameters:
            webrtc_id: the connection's id.
            check_owner: in a Gradio event, whether it must be a connection of the event's page.

        Raises:
            UnknownConnectionError: no connection has this id, or it is another page's.
            ConnectionClosedError: it has ended, and nothing of it is left.
        """
        return await self._streaming().fetch_latest_output(webrtc_id, _acting(check_owner))

    def set_input(self, webrtc_id: str, *args: Any, check_owner: bool = True) -> None:
        """Give the handler of one connection the values of the further inputs. Any thread.

        Parameters:
            webrtc_id: the connection's id.
            args: the values.
            check_owner: in a Gradio event, whether it must be a connection of the event's page.

        Raises:
            UnknownConnectionError: no connection has this id, or it is another page's.
            ConfigurationError: the stream's function cannot take this many values.
        """
        self._streaming().set_input(webrtc_id, args, _acting(check_owner))

    def close_stream(
        self, webrtc_id: str | WebRTCData | None, msg: str = "", *, check_owner: bool = True
    ) -> None:
        """End a connection; one that has ended is left alone. Any thread.

        Also a listener: `stop.click(webrtc.close_stream, inputs=[webrtc])`.

        Parameters:
            webrtc_id: the component's value, the id of the page's connection.
            msg: words for the person.
            check_owner: in a Gradio event, whether it must be a connection of the event's page,
                as any page can call the app's events with any id. `False` is for pages that may
                end other people's connections, such as a moderator's. Outside of events there is
                nothing to check.
        """
        if isinstance(webrtc_id, WebRTCData):
            webrtc_id = webrtc_id.webrtc_id
        self._streaming().close_stream(webrtc_id, msg, _acting(check_owner))


def _acting(check_owner: bool) -> str | None:
    """Return the page that the calling code acts for, ``None`` when it may act on all sessions."""
    return page_of_event() if check_owner else None
