"""``connect()``: from an address to a call."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias, cast

import httpx
from aiortc import MediaStreamTrack

from gradio_webrtc.client.call import Call, CallTimes
from gradio_webrtc.client.errors import (
    CallEndedError,
    ConnectTimeoutError,
    NoPlaceError,
    StreamNotFoundError,
)
from gradio_webrtc.client.links import Link
from gradio_webrtc.client.links.webrtc_link import WebRtcLink
from gradio_webrtc.client.links.websocket_link import WebSocketLink
from gradio_webrtc.client.received import Received
from gradio_webrtc.client.sending.audio_line import AudioLine
from gradio_webrtc.client.sending.sources import AudioToSend, VideoToSend
from gradio_webrtc.client.sending.tracks import LineTrack, VideoTrack
from gradio_webrtc.client.signaling import Modality, Mode, Signaling
from gradio_webrtc.client.signaling.addresses import base_address, joined, names_route
from gradio_webrtc.client.signaling.gradio_app import (
    GradioComponent,
    Wanted,
    find_component,
    read_config,
)
from gradio_webrtc.client.signaling.http_server import HttpServer
from gradio_webrtc.client.signaling.mounted_stream import MountedStream
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.media.emitted_media import MediaKind
from gradio_webrtc.transports.websocket.audio_format import Encoding

Way: TypeAlias = Literal["webrtc", "websocket"]
TIMEOUT_S = 30.0
WEBRTC_RATE = 48_000
"""Of Opus; what is sent by WebRTC is brought to it."""
CONNECT_LIMIT_S = 20.0
"""How long a request may take: an offer is answered when the server has asked its ICE servers."""


@dataclass(frozen=True)
class Options:
    """How to connect; see :func:`connect`."""

    way: Way
    mode: Mode | None
    modality: Modality | None
    rtc_configuration: JsonObject | None
    codecs: Sequence[str] | None
    encoding: Encoding | None
    background: Int16Array | None
    video_fps: float
    timeout_s: float
    place_within_s: float
    tracks: Mapping[MediaKind, MediaStreamTrack] = field(default_factory=dict)


@asynccontextmanager
async def connect(
    url: str,
    *,
    component: Wanted = None,
    by: Way = "webrtc",
    audio: AudioToSend | MediaStreamTrack | None = None,
    video: VideoToSend | MediaStreamTrack | None = None,
    mode: Mode | None = None,
    modality: Modality | None = None,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    inputs: Sequence[Json] | str | None = None,
    outputs: str | None = None,
    rtc_configuration: Mapping[str, Any] | None = None,
    codecs: Sequence[str] | None = None,
    encoding: Encoding | None = "opus",
    background: Int16Array | None = None,
    video_fps: float = 30.0,
    timeout_s: float = TIMEOUT_S,
    place_within_s: float = 0.0,
    webrtc_id: str | None = None,
    http: httpx.AsyncClient | None = None,
) -> AsyncIterator[Call]:
    """``async with connect(url) as call:`` connect to a stream, and hang up at the end.

    Args:
        url: where a ``Stream`` is mounted, such as ``http://localhost:8000/stream``, or the
            address of a Gradio app.
        component: which ``WebRTC`` of a Gradio app: its ``elem_id`` or label, or its number from
            0; not needed when it has one.
        by: what carries the call.
        audio: is sent from the start on, see :meth:`Call.say`; or a track of aiortc.
        video: the same, see :meth:`Call.show`.
        mode: in which direction media flow; that of the app's component, else both.
        modality: what the stream carries: that of the app's component, else ``"audio"``, or what
            ``audio`` and ``video`` are.
        auth: name and password of a Gradio app that has ``auth``.
        headers: of every request and of the websocket, such as ``{"Authorization": "Bearer hf_"}``.
        inputs: of a Gradio app: the values of the component's other inputs, by default those of
            the page. For a mounted stream: the path of the app's own route that takes
            ``{"webrtc_id", "values"}``.
        outputs: for a mounted stream: the path of the app's own event source of additional
            outputs, such as ``"/outputs?webrtc_id={webrtc_id}"``.
        rtc_configuration: ICE servers as in a browser; those of the app's component by default.
        codecs: those that are offered, such as ``["audio/opus", "video/VP8"]``; ``None`` for all.
        encoding: of sound over a websocket; ``None`` for servers that speak the published protocol
            only.
        background: what there is to hear behind all that is said, int16 ``(samples,)`` at 48 kHz.
        video_fps: how many pictures of an array are sent in a second.
        timeout_s: until media must flow.
        place_within_s: how long to wait for a free place.
        webrtc_id: the id of the call; a fresh one by default.
        http: carries the requests, for certificates and proxies of one's own.

    Raises:
        ServerUnreachableError: nothing answers.
        StreamNotFoundError: there is no such stream, app or component.
        AccessDeniedError: the server wants credentials.
        NoPlaceError: every place is taken.
        RefusedError: the server refused for another reason.
        ConnectTimeoutError: no media could flow in time.
        ConfigurationError: an argument cannot work.
    """
    tracks = _own_tracks(audio, video)
    options = Options(
        way=by,
        mode=mode,
        modality=modality or _modality(audio is not None, video is not None),
        rtc_configuration=cast("JsonObject | None", rtc_configuration),
        codecs=codecs,
        encoding=encoding,
        background=background,
        video_fps=video_fps,
        timeout_s=timeout_s,
        place_within_s=place_within_s,
        tracks=tracks,
    )
    if by not in ("webrtc", "websocket"):
        raise ConfigurationError(f'by must be "webrtc" or "websocket", not {by!r}.')
    # Reading the certificates takes so long that calls which stand already would be heard to stop.
    own = http or httpx.AsyncClient(
        timeout=CONNECT_LIMIT_S, verify=await asyncio.to_thread(_certificates)
    )
    try:
        server = HttpServer(own, headers or {})
        signaling = await _signaling(server, url, component, auth, inputs, outputs)
        async with await _open(signaling, options, webrtc_id or str(uuid.uuid4())) as call:
            if audio is not None and "audio" not in tracks:
                call.play(cast(AudioToSend, audio))
            if video is not None and "video" not in tracks:
                call.play_video(cast(VideoToSend, video))
            yield call
    finally:
        if http is None:
            await own.aclose()


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def _signaling(
    server: HttpServer,
    url: str,
    component: Wanted,
    auth: tuple[str, str] | None,
    inputs: Sequence[Json] | str | None,
    outputs: str | None,
) -> Signaling:
    base = base_address(url)
    if auth is not None:
        await server.log_in(joined(base, "login"), auth)
    config = None if names_route(url) else await read_config(server, base)
    if config is not None:
        values = None if isinstance(inputs, str) else inputs
        return GradioComponent(server, base, config, find_component(config, component), values)
    if component is not None or auth is not None:
        raise StreamNotFoundError(
            f"{base} is no Gradio app: pass the address that a browser shows, or leave component "
            "and auth out for a mounted stream."
        )
    return MountedStream(server, base, outputs, inputs if isinstance(inputs, str) else None)


async def _open(signaling: Signaling, options: Options, webrtc_id: str) -> Call:
    deadline = asyncio.get_running_loop().time() + options.place_within_s
    while True:
        try:
            return await _attempt(signaling, options, webrtc_id)
        except NoPlaceError:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                raise
            await signaling.place(webrtc_id, left)


async def _attempt(signaling: Signaling, options: Options, webrtc_id: str) -> Call:
    """Return a call that stands.

    Raises:
        ClientError: it does not come about; nothing of it is left.
    """
    received = Received()
    mode = signaling.mode or options.mode or "send-receive"
    modality = signaling.modality or options.modality or "audio"
    line: AudioLine | None = None
    video: VideoTrack | None = None
    link: WebRtcLink | WebSocketLink
    if options.way == "websocket":
        link = WebSocketLink(
            signaling, received, encoding=options.encoding, sends=mode != "receive"
        )
    else:
        tracks: dict[MediaKind, MediaStreamTrack | None] = dict(options.tracks)
        if "audio" in modality and "audio" not in tracks:
            line = AudioLine(WEBRTC_RATE, options.background)
            tracks["audio"] = LineTrack(line)
        if "video" in modality and "video" not in tracks:
            video = VideoTrack(options.video_fps)
            tracks["video"] = video
        configuration = options.rtc_configuration or await signaling.ice_configuration()
        link = WebRtcLink(
            signaling,
            received,
            tracks,
            mode=mode,
            configuration=configuration,
            codecs=options.codecs,
        )
    try:
        await finished_within(_opened(link, webrtc_id), options.timeout_s)
        if received.over.done():
            ending = received.over.result()
            raise CallEndedError(
                f"The call ended at once ({ending.reason}). {ending.text}".strip(), ending.reason
            )
        if link.asked_at is None or link.answered_at is None:
            raise ConnectTimeoutError(
                f"The server did not answer within {options.timeout_s:g} s. Is it overloaded?"
            )
        if link.connected_at is None:
            raise ConnectTimeoutError(
                f"The server answered, and no media could flow within {options.timeout_s:g} s: "
                "UDP is blocked on the way, or the server is behind a NAT. Pass an "
                'rtc_configuration with a TURN server, or connect with by="websocket".'
            )
        if isinstance(link, WebSocketLink) and mode != "receive":
            line = await link.line()
    except BaseException:
        await link.aclose()
        raise
    if mode == "receive":
        line = video = None
    times = CallTimes(link.asked_at, link.answered_at, link.connected_at)
    return Call(webrtc_id, link, signaling, received, times, line, video)


async def _opened(link: Link, webrtc_id: str) -> None:
    await link.open(webrtc_id)
    await link.connected()


def _own_tracks(audio: object, video: object) -> dict[MediaKind, MediaStreamTrack]:
    tracks: dict[MediaKind, MediaStreamTrack] = {}
    if isinstance(audio, MediaStreamTrack):
        tracks["audio"] = audio
    if isinstance(video, MediaStreamTrack):
        tracks["video"] = video
    return tracks


def _modality(audio: bool, video: bool) -> Modality | None:
    if audio and video:
        return "audio-video"
    if video:
        return "video"
    return "audio" if audio else None
