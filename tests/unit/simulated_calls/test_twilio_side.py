"""The simulated Twilio says what the real one's documentation shows."""

from __future__ import annotations

import json

from gradio_webrtc.simulated_calls.twilio_side import TwilioSide


def test_messages_are_numbered_and_name_their_stream() -> None:
    twilio = TwilioSide()
    assert json.loads(twilio.connected()) == {
        "event": "connected",
        "protocol": "Call",
        "version": "1.0.0",
    }
    texts = [
        twilio.start({"customer": "7"}),
        twilio.media(b"\xff" * 160),
        twilio.media(b"\x00" * 160),
        twilio.dtmf("5"),
        twilio.mark("one"),
        twilio.stop(),
    ]
    messages = [json.loads(text) for text in texts]
    assert [message["sequenceNumber"] for message in messages] == list("123456")
    assert {message["streamSid"] for message in messages} == {twilio.stream_sid}
    start, first, second, dtmf, mark, stop = messages
    assert start["start"]["mediaFormat"] == {
        "encoding": "audio/x-mulaw",
        "sampleRate": 8000,
        "channels": 1,
    }
    assert start["start"]["customParameters"] == {"customer": "7"}
    assert start["start"]["callSid"] == stop["stop"]["callSid"] == twilio.call_sid
    assert [each["media"]["chunk"] for each in (first, second)] == ["1", "2"]
    assert [each["media"]["timestamp"] for each in (first, second)] == ["0", "20"]
    assert first["media"]["track"] == "inbound"
    assert dtmf["dtmf"] == {"track": "inbound_track", "digit": "5"}
    assert mark["mark"] == {"name": "one"}


def test_each_call_has_ids_of_its_own() -> None:
    first, second = TwilioSide(), TwilioSide()
    assert first.stream_sid != second.stream_sid
    assert first.form("+1555", "+1556")["CallSid"] == first.call_sid
    assert first.form("+1555", "+1556")["From"] == "+1555"
