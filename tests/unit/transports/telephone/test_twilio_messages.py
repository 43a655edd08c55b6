"""Twilio's messages: what its documentation shows is understood, and nothing else is believed."""

from __future__ import annotations

import base64
import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.transports.telephone import twilio_messages as messages
from gradio_webrtc.transports.telephone.twilio_messages import (
    MAX_CHARACTERS,
    Connected,
    Dtmf,
    Mark,
    Media,
    Start,
    Stop,
    parse,
)

SID = "MZ18ad3ab5a668481ce02b83e7395059f0"
START: dict[str, Any] = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC9f",
        "streamSid": SID,
        "callSid": "CA7b",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"name": "Jane", "remote": "Bob"},
    },
    "streamSid": SID,
}


def said(**message: Any) -> Any:
    return parse(json.dumps(message))


def test_what_twilio_sends_is_understood() -> None:
    assert said(event="connected", protocol="Call", version="1.0.0") == Connected()
    assert parse(json.dumps(START)) == Start(SID, "CA7b", {"name": "Jane", "remote": "Bob"})
    payload = base64.b64encode(b"\x7f\xff\x00").decode()
    media = {"track": "inbound", "chunk": "1", "timestamp": "5", "payload": payload}
    assert said(event="media", sequenceNumber="3", media=media, streamSid=SID) == Media(
        b"\x7f\xff\x00"
    )
    assert said(event="mark", streamSid=SID, mark={"name": "12"}) == Mark("12")
    dtmf = {"track": "inbound_track", "digit": "#"}
    assert said(event="dtmf", streamSid=SID, dtmf=dtmf) == Dtmf("#")
    assert said(event="stop", stop={"callSid": "CA7b"}) == Stop()


def test_an_event_that_twilio_may_add_is_nothing() -> None:
    assert said(event="weather", streamSid=SID) is None


def test_what_is_played_to_the_caller_is_not_what_the_caller_says() -> None:
    assert said(event="media", media={"track": "outbound", "payload": "AAAA"}) is None


def test_clients_of_other_servers_name_the_stream_at_the_top_only() -> None:
    assert said(event="start", streamSid="abc", start={}) == Start("abc")


def test_what_is_sent_is_what_twilio_takes() -> None:
    assert json.loads(messages.media(SID, b"\x00\xff")) == {
        "event": "media",
        "streamSid": SID,
        "media": {"payload": "AP8="},
    }
    assert json.loads(messages.mark(SID, "7")) == {
        "event": "mark",
        "streamSid": SID,
        "mark": {"name": "7"},
    }
    assert json.loads(messages.clear(SID)) == {"event": "clear", "streamSid": SID}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"event": 7}',
        '{"event": "start"}',
        '{"event": "media", "media": "AAAA"}',
        '{"event": "media", "media": {}}',
        '{"event": "media", "media": {"payload": "***"}}',
        '{"event": "media", "media": {"payload": "AA"}}',
        '{"event": "media", "media": {"payload": "\\u00fc\\u00fc=="}}',
        '{"event": "mark", "mark": {"name": 7}}',
        '{"event": "dtmf", "dtmf": {"digit": "x"}}',
        '{"event": "dtmf", "dtmf": {"digit": "12"}}',
        "[" * 10_000,
        '{"event": "connected", "n": ' + "9" * 10_000 + "}",
    ],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(InvalidMessageError):
        parse(text)


@pytest.mark.parametrize("sid", [None, "", 7, "a b", "x" * 129, {"a": 1}])
def test_a_call_needs_an_id(sid: Any) -> None:
    with pytest.raises(InvalidMessageError, match="streamSid"):
        said(event="start", start={"streamSid": sid})


@pytest.mark.parametrize(
    "layout",
    [
        {"encoding": "audio/x-l16", "sampleRate": 8000, "channels": 1},
        {"encoding": "audio/x-mulaw", "sampleRate": 16000, "channels": 1},
        {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 2},
    ],
)
def test_another_format_than_twilios_is_refused(layout: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessageError, match="mediaFormat"):
        said(event="start", start={"streamSid": "a", "mediaFormat": layout})


@pytest.mark.parametrize(
    "parameters", [{str(n): "x" for n in range(33)}, {"name": "x" * 600}, {"x" * 600: ""}]
)
def test_more_parameters_than_twilio_sends_are_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidMessageError, match="customParameters"):
        said(event="start", start={"streamSid": "a", "customParameters": parameters})


def test_a_huge_message_costs_nothing() -> None:
    text = json.dumps({"event": "media", "media": {"payload": "A" * 10_000_000}})
    began = time.perf_counter()
    with pytest.raises(InvalidMessageError, match=str(MAX_CHARACTERS)):
        parse(text)
    assert time.perf_counter() - began < 0.005


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
parts: Any = st.dictionaries(
    st.sampled_from(
        ["streamSid", "payload", "name", "digit", "track", "mediaFormat", "customParameters"]
    ),
    json_values,
)


@given(st.sampled_from(["start", "media", "mark", "dtmf", "stop", "connected"]), parts, json_values)
def test_any_json_is_understood_or_refused(event: str, part: Any, top: Any) -> None:
    with contextlib.suppress(InvalidMessageError):
        said(event=event, streamSid=top, **{event: part})
