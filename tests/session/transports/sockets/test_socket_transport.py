"""A session over a socket of texts: what comes in, what goes out, and every way it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emitted import CloseStream
from gradio_webrtc.handlers.protocol import AudioFormat, MediaKind
from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.server.output_store import SessionOutputs
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from gradio_webrtc.transports.sockets.codec import MAX_MESSAGE_CHARACTERS
from gradio_webrtc.transports.sockets.inflow import MESSAGES_AT_ONCE, MESSAGES_PER_SECOND
from gradio_webrtc.transports.sockets.outbox import SEND_SECONDS
from gradio_webrtc.transports.sockets.socket_transport import HEARTBEAT_SECONDS, SocketTransport
from gradio_webrtc.transports.websocket.codec import WebSocketCodec
from tests.support.emissions import parsed, value_of
from tests.support.memory_socket import MemorySocket, media
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import settle, until

pytestmark = pytest.mark.looptime

RATE = 8_000
FORMAT = AudioFormat(RATE, "mono", RATE)


class Speaker(ScriptedHandler):
    """Emits the sound that it is told to say."""

    async def emit(self, kind: MediaKind) -> Emission:
        return parsed(value_of(await super().emit(kind)))


class Line:
    """A session over a socket in memory."""

    def __init__(
        self, asked: Any = None, limits: Limits | None = None, plays: bool = True, **script: Any
    ) -> None:
        self.socket = MemorySocket()
        self.handler = Speaker(receives=["audio"], audio_format=FORMAT, **script)

        def make(listener: Any) -> SocketTransport:
            codec = WebSocketCodec(asked, FORMAT)
            return SocketTransport(listener, self.socket, codec, plays=plays)

        limits = limits or Limits(silence=None)
        self.session = Session("a", self.handler, limits, make, SessionOutputs("a"))
        self.session.start()

    @property
    def heard(self) -> np.ndarray:
        """What the handler received, end to end."""
        return np.concatenate([np.zeros((1, 0)), *(f[1] for _, f in self.handler.received)], axis=1)

    @property
    def ending(self) -> CloseReason:
        assert self.session.ending is not None
        return self.session.ending.reason

    @property
    def warnings(self) -> list[str]:
        return [message["data"] for message in self.socket.of_type("warning")]

    async def closed(self, seconds: float = 100) -> float:
        """Wait for the end; return the loop's time of it."""
        await until(lambda: self.session.state is SessionState.CLOSED, seconds)
        assert self.socket.closed is not None
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def line(*args: Any, **options: Any) -> AsyncIterator[Line]:
    made = Line(*args, **options)
    await settle()
    try:
        yield made
    finally:
        await made.session.aclose()


def sound(seconds: float, level: int = 8_000) -> tuple[int, np.ndarray]:
    return RATE, np.full((1, round(seconds * RATE)), level, np.int16)


# -- what comes in -----------------------------------------------------------------------------


async def test_sound_reaches_the_handler_as_int16_of_one_channel() -> None:
    async with line() as call:
        assert call.session.state is SessionState.OPEN
        samples = np.arange(-800, 800, 10).astype(np.int16)
        call.socket.put_sound(samples)
        await until(lambda: call.handler.received)
        [(_, (rate, received))] = call.handler.received
        assert (rate, received.dtype, received.shape) == (RATE, np.int16, (1, 160))
        assert np.array_equal(received, mu_law.decode(mu_law.encode(samples)))


async def test_ten_seconds_in_pieces_at_once_are_all_heard() -> None:
    async with line() as call:
        for _ in range(10):
            call.socket.put_sound(np.full(RATE, 100, np.int16))
        await settle()
        assert call.session._audio.queue.dropped == 0
        await until(lambda: call.heard.shape[1] == 10 * RATE)
        assert call.session._audio.queue.dropped == 0
        assert asyncio.get_running_loop().time() < 2


async def test_more_than_that_is_read_more_slowly_and_the_client_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with line() as call:
        for _ in range(30):
            call.socket.put_sound(np.full(RATE, 100, np.int16))
        await settle()
        assert call.socket.unread > 15, "the rest waits in the client's buffers"
        await until(lambda: call.heard.shape[1] == 30 * RATE)
        assert asyncio.get_running_loop().time() == pytest.approx(25 / 4, abs=0.5)
        assert len(call.warnings) == caplog.text.count("faster than it may") == 1


async def test_a_flood_of_messages_costs_so_many_a_second() -> None:
    async with line() as call:
        for _ in range(MESSAGES_AT_ONCE + 10 * MESSAGES_PER_SECOND):
            call.socket.put({"event": "ping"})
        await asyncio.sleep(5)
        assert call.socket.unread == pytest.approx(5 * MESSAGES_PER_SECOND, abs=20)
        assert call.session.state is SessionState.OPEN


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        "[" * 100_000,
        "[]",
        b"\x00\x01",
        {"event": "dance"},
        {},
        {"event": "media"},
        {"event": "media", "media": {"payload": "not base64"}},
        {"event": "start", "websocket_id": "again"},
    ],
)
async def test_what_means_nothing_is_told_and_logged_once_and_the_session_goes_on(
    message: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with line() as call:
        for _ in range(10):
            call.socket.put(message)
        call.socket.put_sound(np.full(160, 100, np.int16))
        await until(lambda: call.handler.received)
        assert len(call.warnings) == 1
        assert len(caplog.records) == 1
        assert call.session.state is SessionState.OPEN


@pytest.mark.parametrize("size", [MAX_MESSAGE_CHARACTERS + 1, 10_000_000])
async def test_a_message_that_is_too_large_is_not_looked_at_and_ends_the_session(
    size: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with line() as call:
        call.socket.put('{"event":"media","media":{"payload":"' + "A" * size + '"}}')
        call.socket.put({"event": "ping"})
        await call.closed()
        assert call.ending is CloseReason.TRANSPORT_FAILED
        error, goodbye = call.socket.messages
        assert "too large; at most 131072 characters" in error["message"]
        assert goodbye["reason"] == "transport_failed"
        assert len(caplog.records) == 1
        assert call.handler.received == []


async def test_channel_messages_of_the_client_reach_the_session() -> None:
    async with line() as call:
        call.socket.put({"type": "end_stream", "data": ""})
        await call.closed()
        assert call.ending is CloseReason.CLIENT_CLOSED


# -- what goes out -----------------------------------------------------------------------------


async def test_what_the_handler_says_is_paced_in_frames_of_20_ms() -> None:
    async with line() as call:
        call.handler.say(sound(1.0))
        await until(lambda: len(call.socket.sounds) >= 51)
        times = np.array([time for time, _ in call.socket.sounds])
        assert {len(data) for _, data in call.socket.sounds} == {RATE // 50}
        assert np.diff(times[:50]) == pytest.approx(0.02, abs=0.021)
        assert times[49] - times[0] == pytest.approx(0.96, abs=0.03)
        played = mu_law.decode(b"".join(data for _, data in call.socket.sounds))
        assert np.count_nonzero(played > 7_000) / RATE == pytest.approx(1.0, abs=0.02)


async def test_what_is_queued_is_heard_before_the_handler_ends_the_stream() -> None:
    async with line() as call:
        call.handler.say(sound(2.0), CloseStream("That was all."))
        ended = await call.closed()
        assert len(call.socket.sounds) == pytest.approx(101, abs=2)
        last = call.socket.sounds[-1][0]
        assert 0.02 <= ended - last < 0.1, "the last frame can be heard, and nobody is waited for"
        assert call.socket.messages[-1] == {
            "type": "end_stream",
            "data": "That was all.",
            "reason": "handler_finished",
        }
        assert call.socket.closed == "handler_finished"


@pytest.mark.parametrize("asked", [None, {}])
async def test_clearing_is_told_to_clients_that_know_of_it_once_for_what_they_got(
    asked: Any,
) -> None:
    async with line(asked) as call:
        call.session.transport.playback.clear()
        await settle()
        assert {"event": "clear"} not in call.socket.messages, "nothing was sent"
        call.handler.say(sound(2.0))
        await asyncio.sleep(1.0)
        call.session.transport.playback.clear()
        call.session.transport.playback.clear()
        await settle()
        sent = len(call.socket.sounds)
        await asyncio.sleep(1.0)
        assert len(call.socket.sounds) <= sent + 2, "a fade and the silence that ends it"
        clears = call.socket.messages.count({"event": "clear"})
        assert clears == (0 if asked is None else 1)


async def test_what_an_app_says_goes_as_it_is_and_what_is_no_text_is_replaced() -> None:
    async with line() as call:
        for text in ('{"mine": "ä"}', '{"mine": "\ud800"}'):
            call.session.channel.send(text)
        await settle()
        assert [text for _, text in call.socket.sent] == ['{"mine": "ä"}', '{"mine": "?"}']


async def test_a_client_that_only_sends_is_sent_no_sound() -> None:
    async with line(plays=False) as call:
        call.handler.say(sound(1.0), sound(1.0))
        await asyncio.sleep(1)
        assert call.handler.emits_taken == 3
        assert call.socket.sounds == []


async def test_there_is_no_video_on_a_socket() -> None:
    async with line() as call:
        with pytest.raises(MediaFormatError, match="audio only"):
            await call.session.transport.play_video(None)


# -- every way it ends -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda call: call.socket.put({"event": "stop"}), CloseReason.CLIENT_CLOSED),
        (lambda call: call.socket.hang_up(), CloseReason.CLIENT_CLOSED),
        (lambda call: call.socket.hang_up(CloseReason.PEER_LOST), CloseReason.PEER_LOST),
        (lambda call: call.session.end(CloseReason.APP_CLOSED, "Bye."), CloseReason.APP_CLOSED),
        (lambda call: call.handler.say(ValueError("no")), CloseReason.HANDLER_ERROR),
    ],
)
async def test_it_ends_in_order_and_shutdown_is_called(
    end: Callable[[Line], None], reason: CloseReason, caplog: pytest.LogCaptureFixture
) -> None:
    async with line() as call:
        end(call)
        await call.closed()
        assert call.ending is reason
        assert call.socket.closed == reason.value
        assert call.handler.closed == 1
        told = [message["reason"] for message in call.socket.of_type("end_stream")]
        # Whoever hung up is told nothing, and whoever is lost cannot be.
        ours = reason in (CloseReason.APP_CLOSED, CloseReason.HANDLER_ERROR)
        assert told == ([reason.value] if ours else [])


async def test_the_time_limit_holds() -> None:
    async with line(limits=Limits(time_limit=30, silence=None)) as call:
        assert await call.closed() == pytest.approx(30, abs=0.1)
        assert call.ending is CloseReason.TIME_LIMIT
        assert call.socket.of_type("end_stream")[0]["reason"] == "time_limit"


async def test_a_client_that_never_reads_is_closed_and_holds_nothing() -> None:
    async with line() as call:
        call.socket.reads.clear()
        for _ in range(20):
            call.handler.say(sound(1.0))
        ended = await call.closed()
        assert ended == pytest.approx(SEND_SECONDS, abs=5)
        assert call.ending is CloseReason.PEER_LOST
        assert call.handler.closed == 1
        assert not call.session.transport.outbox._waiting


async def test_one_that_never_reads_does_not_hold_up_another_ending() -> None:
    async with line() as call:
        call.socket.reads.clear()
        call.session.end(CloseReason.SERVER_SHUTDOWN, "Bye.")
        assert await call.closed() == pytest.approx(4, abs=0.5)


async def test_a_client_that_pings_is_missed_when_it_stops() -> None:
    async with line() as call:
        for _ in range(10):
            call.socket.put({"event": "ping"})
            await asyncio.sleep(10)
        assert call.socket.messages == [{"event": "pong"}] * 10
        call.socket.put(media(b"\xff" * 160))
        assert await call.closed() == pytest.approx(100 + HEARTBEAT_SECONDS, abs=0.2)
        assert call.ending is CloseReason.PEER_LOST


async def test_a_client_that_never_pinged_may_be_silent() -> None:
    async with line() as call:
        call.socket.put(media(b"\xff" * 160))
        await asyncio.sleep(3600)
        assert call.session.state is SessionState.OPEN


async def test_a_broken_socket_ends_the_session_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with line() as call:

        async def broken() -> str:
            raise ValueError("a mistake")

        call.socket.receive = broken
        call.socket.put({"event": "ping"})
        await call.closed()
        assert call.ending is CloseReason.TRANSPORT_FAILED
        assert "a mistake" in caplog.text
