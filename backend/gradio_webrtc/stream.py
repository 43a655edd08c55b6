"""``Stream``: one handler, mountable on a FastAPI app for any WebRTC client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Request

from gradio_webrtc.gradio_events.requests import gradio_words_for, page_of_event
from gradio_webrtc.handlers.adapters.as_handler import UserCode
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.media.video.frames import FrameFormat
from gradio_webrtc.options import (
    RTCConfigurationOption,
    check_stream_options,
    limit_or_none,
)
from gradio_webrtc.recording.options import Recording
from gradio_webrtc.routes.requests import check_request, scope_of_request
from gradio_webrtc.routes.stream_router import make_router
from gradio_webrtc.server.mounting import check_path_is_free, mount_path, mounted_on
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.transports.media_preferences import MaxBitrate, VideoCodec
from gradio_webrtc.transports.negotiation.candidate_addresses import CandidateAddresses


class Stream:
    """One stream handler as HTTP routes, for clients that are not a Gradio page.

    Args:
        handler: what ``WebRTC.stream()`` takes: a stream handler for audio; a function or
            generator, sync or async, for video. In mode ``"receive"`` a generator or function,
            sync or async, whose arguments the client is asked for when it has some.
        mode: ``"send-receive"``, ``"send"`` or ``"receive"``, from the client's side.
        modality: ``"audio"``, ``"video"`` or ``"audio-video"``.
        concurrency_limit: how many clients may be connected at once; ``None`` for no limit,
            1 by default.
        time_limit: seconds after which a connected stream ends, or ``None``.
        allow_extra_tracks: accept, and ignore, tracks that do not belong to ``modality``.
        rtc_configuration: for the client, as ``WebRTC`` takes it.
        server_rtc_configuration: for the server; ``None`` uses ``rtc_configuration``.
        frame_format: channel order of the arrays a video handler gets and gives.
        video_codec: preferred codec, ``"VP8"`` or ``"H264"``.
        max_bitrate: as ``WebRTC`` takes it; limits what the server sends.
        max_resolution: the largest video a client may send, by area, as ``(width, height)``.
        record: a ``Recording``, or a folder, to keep each session in a file.
        candidate_addresses: to which addresses a client may make the server send ICE checks, as
            ``WebRTC`` takes it.
        allowed_origins: sites whose pages may connect beside those of this server's own address,
            such as ``["https://example.org"]``; ``["*"]`` for every site. By default those that
            the app allows by FastAPI's ``CORSMiddleware``. Clients that are no web page always may.
        show_error: whether clients get the text of any error in user code, which may hold secrets.
            The words of ``WebRTCError`` and ``gr.Error``, and of errors about what was emitted,
            are sent in any case.

    Raises:
        ConfigurationError: an argument cannot work; the text says which and what to pass.
    """

    def __init__(
        self,
        handler: UserCode,
        *,
        mode: Mode = "send-receive",
        modality: Modality = "video",
        concurrency_limit: int | Literal["default"] | None = "default",
        time_limit: float | None = None,
        allow_extra_tracks: bool = False,
        rtc_configuration: RTCConfigurationOption = None,
        server_rtc_configuration: RTCConfigurationOption = None,
        frame_format: FrameFormat = "rgb24",
        video_codec: VideoCodec | None = None,
        max_bitrate: MaxBitrate = None,
        max_resolution: tuple[int, int] | None = None,
        record: Recording | str | None = None,
        candidate_addresses: CandidateAddresses = "auto",
        allowed_origins: Sequence[str] | None = None,
        show_error: bool = False,
    ) -> None:
        options = check_stream_options(
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
        )
        settings = options.settings(handler, show_error=show_error, words=gradio_words_for)
        self.mode: Mode = mode
        self.modality: Modality = modality
        self.host = StreamHost(settings, SessionRegistry(limit_or_none(concurrency_limit)))

    def mount(
        self, app: FastAPI | APIRouter, path: str = "", tags: list[str | Enum] | None = None
    ) -> None:
        """Add the routes to ``app`` under ``path``; sessions end when the app shuts down.

        Args:
            app: the application, or a router of it that is included after this. The server tells
                only the application it serves of its end: one that is mounted inside another by
                ``app.mount()`` must be told by that one's lifespan.
            path: prefix of the routes; ``"rtc"``, ``"/rtc"`` and ``"/rtc/"`` are the same.
            tags: OpenAPI tags of the routes.

        Raises:
            ConfigurationError: ``app`` or ``path`` cannot work, or the path is taken.
        """
        router = mounted_on(app)
        prefix = mount_path(path)
        check_path_is_free(router, f"{prefix}/webrtc/offer")
        router.include_router(make_router(self.host, prefix, tags))
        router.lifespan_context = _closing_at_the_end(router.lifespan_context, self.host)

    # In a Gradio event of some page, these act for that page: on its own sessions, and on those
    # of clients that are no page.

    def set_input(self, webrtc_id: str, *args: Any) -> None:
        """Give the handler of one session the values of its further inputs. Any thread.

        Args:
            webrtc_id: the id the client sent with its offer.
            args: the values, without one for the stream itself. A `WebRTCData` before them is
                what the person submitted: the handler finds it in ``latest_args[0]``, and its
                ``trigger_response()`` is called, once for each and in order.

        Raises:
            UnknownConnectionError: no session has this id.
            ConfigurationError: the handler is a function that cannot take this many values.
        """
        self.host.set_input(webrtc_id, args, page_of_event())

    def output_stream(self, webrtc_id: str) -> AsyncIterator[AdditionalOutputs]:
        """Yield the additional outputs of one session as they come; ends with the session.

        What was emitted before is kept, up to 1000 of them, and for a minute after the session.
        Several readers of one session share its outputs.

        Args:
            webrtc_id: the id the client sent with its offer, which may come up to 2 seconds later.

        Raises:
            UnknownConnectionError: no session has this id.
            ConnectionClosedError: the session has ended, and nothing of it is left.
        """
        return self.host.output_stream(webrtc_id, page_of_event())

    async def fetch_latest_output(self, webrtc_id: str) -> AdditionalOutputs:
        """Wait for the next additional output of one session and return it.

        Args:
            webrtc_id: the id the client sent with its offer.

        Raises:
            UnknownConnectionError: no session has this id.
            ConnectionClosedError: the session has ended, and nothing of it is left.
        """
        return await self.host.fetch_latest_output(webrtc_id, page_of_event())

    def close_stream(self, webrtc_id: str, msg: str = "") -> None:
        """End one session with the reason ``app_closed``. Any thread.

        Args:
            webrtc_id: the id of the session; nothing happens when it has ended.
            msg: words for the person.
        """
        self.host.close_stream(webrtc_id, msg, page_of_event())

    async def offer(self, body: dict[str, Any], request: Request | None = None) -> dict[str, Any]:
        """Answer an offer or candidate, for apps that bring their own route.

        Args:
            body: the request's JSON.
            request: the request itself. With it pages of other sites are refused and one address
                cannot take more than its share, as on the mounted route; without it both are up
                to the route, and the client counts as one on the internet, to whose private
                addresses no ICE checks are sent.

        Raises:
            HTTPException: 403, the request comes from a page that is not allowed to.
        """
        if request is None:
            return await self.host.signal(body)
        asking = check_request(self.host, request)
        return await self.host.signal(body, asking, scope_of_request(request))


def _closing_at_the_end(lifespan: Callable[[Any], Any], host: StreamHost) -> Callable[[Any], Any]:
    @asynccontextmanager
    async def closing(app: FastAPI) -> AsyncIterator[Any]:
        async with lifespan(app) as state:
            try:
                yield state
            finally:
                await host.aclose()

    return closing
