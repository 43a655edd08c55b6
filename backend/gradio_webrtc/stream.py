"""``Stream``: one handler with a page of its own, mountable on a FastAPI app for any client."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Request
from gradio.components.base import Component

from gradio_webrtc.gradio_events.requests import gradio_words_for
from gradio_webrtc.handlers.adapters.as_handler import UserCode, modality_of
from gradio_webrtc.handlers.executors.executor_function import on_executor
from gradio_webrtc.handlers.executors.options import ExecutorChoice
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
from gradio_webrtc.routes.telephone import Telephone
from gradio_webrtc.routes.webrtc import OfferBody
from gradio_webrtc.server.mounting import add_routes, mount_path, mounted_on
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.stream_members.page_access import PageAccess
from gradio_webrtc.stream_members.session_access import SessionAccess
from gradio_webrtc.stream_members.socket_access import SocketAccess
from gradio_webrtc.stream_members.telephone_access import TelephoneAccess
from gradio_webrtc.transports.media_preferences import MaxBitrate, VideoCodec
from gradio_webrtc.transports.negotiation.candidate_addresses import CandidateAddresses
from gradio_webrtc.transports.telephone.options import TelephoneOptions
from gradio_webrtc.ui.stream_page import StreamPage, check_page_arguments
from gradio_webrtc.ui.ui_args import UIArgs

logger = logging.getLogger(__name__)

Body = OfferBody
"""The published name of what ``Stream.offer`` takes."""


class Stream(SessionAccess, PageAccess, SocketAccess, TelephoneAccess):
    """One stream handler with a page, ``ui``, and as HTTP routes for any other client.

    Args:
        handler: what ``WebRTC.stream()`` takes: a stream handler for audio; a function or
            generator, sync or async, for video. In mode ``"receive"`` a generator or function,
            sync or async, whose arguments the client is asked for when it has some.
        additional_outputs_handler: on the page, called for each ``AdditionalOutputs`` with the
            current values of all ``additional_outputs``, then with what the ``AdditionalOutputs``
            hold; returns their new values. Sync or async.
        mode: ``"send-receive"``, ``"send"`` or ``"receive"``, from the client's side.
        modality: ``"audio"``, ``"video"`` or ``"audio-video"``; by default what a stream handler
            is for, and ``"video"`` for a function.
        concurrency_limit: how many clients may be connected at once; ``None`` for no limit,
            1 by default, and no limit if ``shared``.
        time_limit: seconds after which a connected stream ends, or ``None``.
        allow_extra_tracks: accept, and ignore, tracks that do not belong to ``modality``.
        rtp_params: for the page, as ``WebRTC`` takes it.
        rtc_configuration: for the client, as ``WebRTC`` takes it.
        server_rtc_configuration: for the server; ``None`` uses ``rtc_configuration``.
        track_constraints: for the page, as ``WebRTC`` takes it.
        additional_inputs: components of the page whose values are further arguments of the
            handler. One that is among the outputs as well is on the page once.
        additional_outputs: components of the page that ``additional_outputs_handler`` fills.
        ui_args: how the page looks, see ``UIArgs``.
        verbose: whether the log says at the start of the app where the stream can be reached.
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
        telephone: how telephone calls are answered.
        executor: runs a function or generator that is not async on the workers of a
            ``concurrent.futures.Executor``, such as other processes; or a function that makes it,
            or ``ExecutorOptions``. ``ReplyOnPause`` takes its own.
        shared: in mode ``"receive"``, whether ``handler`` runs once for all clients who gave the
            same values of its inputs, and is encoded once, as ``WebRTC`` takes it.

    Raises:
        ConfigurationError: an argument cannot work; the text says which and what to pass.
    """

    def __init__(
        self,
        handler: UserCode,
        *,
        additional_outputs_handler: Callable[..., Any] | None = None,
        mode: Mode = "send-receive",
        modality: Modality | None = None,
        concurrency_limit: int | Literal["default"] | None = "default",
        time_limit: float | None = None,
        allow_extra_tracks: bool = False,
        rtp_params: dict[str, Any] | None = None,
        rtc_configuration: RTCConfigurationOption = None,
        server_rtc_configuration: RTCConfigurationOption = None,
        track_constraints: dict[str, Any] | None = None,
        additional_inputs: Sequence[Component] | None = None,
        additional_outputs: Sequence[Component] | None = None,
        ui_args: UIArgs | None = None,
        verbose: bool = True,
        frame_format: FrameFormat = "rgb24",
        video_codec: VideoCodec | None = None,
        max_bitrate: MaxBitrate = None,
        max_resolution: tuple[int, int] | None = None,
        record: Recording | str | None = None,
        candidate_addresses: CandidateAddresses = "auto",
        allowed_origins: Sequence[str] | None = None,
        show_error: bool = False,
        telephone: TelephoneOptions | None = None,
        executor: ExecutorChoice | None = None,
        shared: bool = False,
    ) -> None:
        modality = modality_of(handler) if modality is None else modality
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
            shared=shared,
        )
        page = check_page_arguments(
            options,
            inputs=additional_inputs,
            outputs=additional_outputs,
            outputs_handler=additional_outputs_handler,
            ui_args=ui_args,
            rtp_params=rtp_params,
            track_constraints=track_constraints,
        )
        running = on_executor(handler, executor)
        settings = options.settings(running, show_error=show_error, words=gradio_words_for)
        self.mode: Mode = mode
        self.modality: Modality = modality
        self.event_handler = handler
        self.additional_outputs_handler = additional_outputs_handler
        self.additional_input_components = page.inputs
        self.additional_output_components = page.outputs
        self.time_limit = options.time_limit
        self.verbose = verbose
        limit = limit_or_none(concurrency_limit, shared=options.shared)
        self.host = StreamHost(settings, SessionRegistry(limit))
        self._telephone = Telephone(self.host, telephone or TelephoneOptions())
        self._page = StreamPage(self.host, handler, options, page, concurrency_limit)

    def mount(
        self,
        app: FastAPI | APIRouter,
        path: str = "",
        tags: list[str | Enum] | None = None,
        *,
        metrics: bool = False,
    ) -> None:
        """Add the routes to ``app`` under ``path``; all sessions end when the app shuts down.

        A route of your own for one of these paths goes on to answer when you declare it before.

        Args:
            app: the application, or a router of it that is included after this. The server tells
                only the application it serves of its end: one that is mounted inside another by
                ``app.mount()`` must be told by that one's lifespan.
            path: prefix of the routes; ``"rtc"``, ``"/rtc"`` and ``"/rtc/"`` are the same.
            tags: OpenAPI tags of the routes.
            metrics: whether ``{path}/webrtc/metrics`` tells Prometheus how the stream does.

        Raises:
            ConfigurationError: ``app`` or ``path`` cannot work, another stream is mounted there, or
                ``metrics`` are wanted and the extra of this name is not installed.
        """
        router = mounted_on(app)
        prefix = mount_path(path)
        routes = make_router(self.host, self._telephone, prefix, tags, metrics=metrics)
        add_routes(router, routes)
        self._telephone.path = router.prefix + prefix
        self.host.name = router.prefix + prefix or "/"
        reached = [getattr(route, "path", "") for route in routes.routes] if self.verbose else []
        router.lifespan_context = _serving(router.lifespan_context, self.host, reached)

    async def offer(
        self, body: Body | dict[str, Any], request: Request | None = None
    ) -> dict[str, Any]:
        """Answer an offer or candidate, for apps that bring their own route.

        Args:
            body: the request's JSON, or a ``Body`` made of it.
            request: the request itself. With it pages of other sites are refused and one address
                cannot take more than its share, as on the mounted route; without it both are up
                to the route, and the client counts as one on the internet, to whose private
                addresses no ICE checks are sent.

        Raises:
            HTTPException: 403, the request comes from a page that is not allowed to.
        """
        if isinstance(body, Body):
            body = body.model_dump()
        if request is None:
            return await self.host.signal(body)
        asking = check_request(self.host, request)
        return await self.host.signal(body, asking, scope_of_request(request))


def _serving(
    lifespan: Callable[[Any], Any], host: StreamHost, reached: Sequence[str]
) -> Callable[[Any], Any]:
    """Return ``lifespan`` with the end of the sessions at its end; tell where they are reached."""

    @asynccontextmanager
    async def serving(app: FastAPI) -> AsyncIterator[Any]:
        async with lifespan(app) as state:
            if reached:
                logger.info("A stream can be reached at %s", ", ".join(reached))
            try:
                yield state
            finally:
                await host.aclose()

    return serving
