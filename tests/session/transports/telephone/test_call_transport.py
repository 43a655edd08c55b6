"""A call as a session's wire, on the virtual clock: what comes in, what goes out, how it ends."""

from __future__ import annotations

import base64
import json
import logging

import numpy as np
import pytest

from gradio_webrtc.handlers.emitted import CloseStream
from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.session import messages
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from gradio_webrtc.transports.sockets.outbox import SEND_SECONDS
from gradio_webrtc.transports.telephone.twilio_messages import MAX_CHARACTERS
from tests.session.transports.telephone.twilio import SID, Call
from tests.support.sessions import settle, until

pytestmark = pytest.mark.looptime


def ending(call: Call) -> CloseReason:
    assert call.session.ending is not None
    return call.session.ending.reason


async def test_sound_comes_in_as_the_handler_wants_it() -> None:
    async with Call() as call:
        samples = np.arange(-160, 160, 2, dtype=np.int16) * 100
        for track in ("inbound", "outbound"):
            payload = base64.b64encode(mu_law.encode(samples)).decode()
            call.put("media", track=track, chunk="1", timestamp="0", payload=payload)
        await settle()
        ((kind, (rate, heard)),) = call.handler.received
        assert (kind, rate) == ("audio", 8_000)
        assert np.array_equal(heard, mu_law.decode(mu_law.encode(samples)))


async def test_keys_reach_the_handler() -> None:
    async with Call() as call:
        for digit in "1#":
            call.put("dtmf", track="inbound_track", digit=digit)
        await settle()
        assert call.handler.pressed == ["1", "#"]


async def test_what_is_meant_for_pages_goes_nowhere() -> None:
    async with Call() as call:
        call.session.transport.send(messages.log("listening"))
        call.session.transport.send_text("hello")
        await call.passes(0.1)
    assert call.socket.sent == []


async def test_a_call_ends_when_the_caller_hangs_up() -> None:
    async with Call() as call:
        call.put("stop", callSid="CA1")
        await until(lambda: call.session.state is SessionState.CLOSED)
        assert ending(call) is CloseReason.CLIENT_CLOSED
        assert call.handler.closed == 1
        assert call.socket.closed is not None


async def test_what_the_handler_said_is_heard_before_it_hangs_up() -> None:
    async with Call(latency_s=0.5) as call:
        call.emits(1.0)
        call.handler.say(CloseStream("Goodbye."))
        await call.passes(3.0)
        assert ending(call) is CloseReason.HANDLER_FINISHED
        assert len(call.loud) * 0.02 == pytest.approx(1.0, abs=0.03)
        assert call.socket.closed == "handler_finished"


async def test_a_call_of_which_nothing_is_heard_any_more_ends() -> None:
    async with Call(limits=Limits(silence=5)) as call:
        await call.passes(1.0)
        began = call.now
        await until(lambda: call.session.state is SessionState.CLOSED, 30)
        assert call.now - began == pytest.approx(5, abs=0.1)
        assert ending(call) is CloseReason.PEER_LOST


async def test_messages_that_make_no_sense_are_logged_once_and_the_call_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with Call() as call:
        for nonsense in (
            "hello",
            b"\x00\x01",
            {"event": 7},
            {"event": "media", "media": {"payload": "***"}},
            {"event": "dtmf", "dtmf": {"digit": "12"}},
            {"event": "start", "start": {"streamSid": "no id"}},
            {"event": "start", "start": {"streamSid": SID}},
            {"event": "connected"},
            {"event": "mark", "mark": {"name": "999"}},
            {"event": "weather"},
            json.dumps({"event": "media", "media": {"payload": "A" * 2 * MAX_CHARACTERS}}),
        ):
            call.socket.put(nonsense)
        await call.passes(0.2)
        assert call.session.state is SessionState.OPEN
        assert len(call.handler.received) == 10
    refusals = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(refusals) == 1


async def test_a_call_that_is_never_read_ends(caplog: pytest.LogCaptureFixture) -> None:
    async with Call() as call:
        call.socket.reads.clear()
        call.emits(60.0)
        began = call.now
        for _ in range(3):
            await call.passes(SEND_SECONDS)
            if call.session.state is SessionState.CLOSED:
                break
        assert ending(call) is CloseReason.PEER_LOST
        assert call.now - began <= 2 * SEND_SECONDS + 5
        call.socket.reads.set()
    assert len([r for r in caplog.records if "took nothing" in r.getMessage()]) == 1


async def test_sound_that_comes_faster_than_it_can_be_said_is_read_more_slowly() -> None:
    async with Call() as call:
        second = base64.b64encode(b"\xff" * 8_000).decode()
        for _ in range(300):
            call.put("media", payload=second)
        await settle()
        assert call.socket.unread > 200
        await call.passes(0.1)
        assert call.session.state is SessionState.OPEN
