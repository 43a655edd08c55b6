"""Control messages from a client: hostile until parsed, and never in the way."""

from __future__ import annotations

import logging

import pytest

from gradio_webrtc.session.messages import MAX_MESSAGE_BYTES
from gradio_webrtc.session.state import CloseReason, SessionState
from tests.support.sessions import open_session, settle, silence

pytestmark = pytest.mark.looptime

BAD = {
    "not JSON": "hello",
    "bytes that are no text": b"\xff\xfe\x00",
    "empty": "",
    "huge": '{"type":"ping","data":"' + "x" * MAX_MESSAGE_BYTES + '"}',
    "unknown type": '{"type":"reboot"}',
    "no type": "{}",
    "a list": "[]",
    "deeply nested": "[" * 15_000,
    "a number of many digits": "9" * 10_000,
    "unhashable type": '{"type":["ping"]}',
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
async def test_a_bad_message_is_logged_and_disturbs_nothing(
    text: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    bench = await open_session()
    bench.session.on_message(text)
    bench.session.on_audio(silence())
    bench.handler.say("frame")
    await settle()
    assert bench.session.state is SessionState.OPEN
    assert len(bench.handler.received) == 1
    assert bench.transport.played == [("audio", "frame")]
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "session a: A control message" in record.getMessage()
    assert len(record.getMessage()) < 500
    [warning] = bench.transport.messages
    assert warning.type == "warning"
    assert warning.data.startswith("A control message")
    await bench.session.aclose()


async def test_a_flood_of_bad_messages_fills_neither_the_log_nor_the_wire(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    bench = await open_session()
    for _ in range(5000):
        bench.session.on_message("nonsense")
    await bench.session.aclose()
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1
    assert "refused 5000 messages" in caplog.text
    assert len(bench.transport.sent("warning")) == 1


async def test_end_stream_is_a_goodbye() -> None:
    bench = await open_session()
    bench.session.on_message('{"type":"end_stream","data":""}')
    await bench.session.aclose()
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.CLIENT_CLOSED
    assert bench.transport.messages == []


@pytest.mark.parametrize(
    "type_", ["send_input", "fetch_output", "stopword", "error", "warning", "log", "ping"]
)
async def test_other_messages_from_a_client_change_nothing(
    type_: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = await open_session()
    bench.session.on_message(f'{{"type":"{type_}","data":"x"}}')
    await settle()
    assert bench.session.state is SessionState.OPEN
    assert bench.transport.messages == []
    assert caplog.records == []
    await bench.session.aclose()


async def test_the_greeting_of_published_clients_is_taken_in_silence(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = await open_session()
    bench.session.on_message("handshake")
    await settle()
    assert not caplog.records
    assert not bench.transport.messages
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()


async def test_a_button_is_told_to_the_handler() -> None:
    bench = await open_session()
    for data in ("pressed", "released", "pressed"):
        bench.session.on_message(f'{{"type":"push_to_talk","data":"{data}"}}')
    bench.session.on_message('{"type":"push_to_talk"}')
    await settle()
    assert bench.handler.talked == [True, False, True]
    [warning] = bench.transport.messages
    assert "push_to_talk needs" in warning.data
    await bench.session.aclose()


async def test_a_client_that_speaks_of_its_playout_is_told_of_turns_and_no_other_is() -> None:
    bench = await open_session()
    client = bench.session.link.client
    client.turn_timings({"decided_s": 0.5})
    await settle()
    assert bench.transport.messages == []
    for said, known in [
        ("null", None),
        ("84.5", 0.0845),
        ("0", 0.0),
        ("5000", 5.0),
        ("null", None),
    ]:
        bench.session.on_message(f'{{"type":"playout","data":{said}}}')
        assert client.playout_s == known
    client.turn_timings({"decided_s": 0.5})
    await settle()
    assert [message.data for message in bench.transport.sent("turn_timings")] == [
        {"decided_s": 0.5}
    ]
    await bench.session.aclose()


@pytest.mark.parametrize("data", ["-1", "5001", "1e999", "NaN", '"80"', "true", "[]", "{}"])
async def test_a_playout_that_cannot_be_is_refused(data: str) -> None:
    bench = await open_session()
    bench.session.on_message(f'{{"type":"playout","data":{data}}}')
    await settle()
    assert bench.session.link.client.playout_s is None
    [warning] = bench.transport.messages
    assert "0 to 5000 ms" in warning.data
    await bench.session.aclose()
