"""The published messages, as its clients write and read them, and what we add."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.media.audio.opus import OpusDecoder, OpusEncoder
from gradio_webrtc.transports.sockets.codec import (
    MAX_MESSAGE_CHARACTERS,
    Heard,
    Ignored,
    Pinged,
    Said,
    Stopped,
)
from gradio_webrtc.transports.websocket.codec import WebSocketCodec
from tests.support.memory_socket import media

HANDLER = AudioFormat(16_000, "mono", 24_000)


def codec(**formats: Any) -> WebSocketCodec:
    return WebSocketCodec(formats or None, HANDLER)


def parse(made: WebSocketCodec, message: Any) -> Any:
    return made.parse(json.dumps(message))


def payload(made: WebSocketCodec, samples: np.ndarray) -> bytes:
    [text] = made.media(samples)
    message = json.loads(text)
    assert message.keys() == {"event", "media"}
    return base64.b64decode(message["media"]["payload"], validate=True)


def tone(rate: int, seconds: float = 0.02) -> np.ndarray:
    at = np.arange(round(rate * seconds)) / rate
    return (8_000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)[np.newaxis]


def test_a_published_client_is_understood() -> None:
    made = codec()
    heard = parse(made, media(bytes([0, 127, 255, 128])))
    assert isinstance(heard, Heard)
    assert heard.pcm.sample_rate == 16_000
    assert heard.pcm.samples.tolist() == [[-32_124, 0, 0, 32_124]]
    assert parse(made, {"event": "ping"}) == Pinged('{"event":"pong"}')
    assert parse(made, {"event": "stop"}) == Stopped()
    assert parse(made, media(b"")) == Ignored()


def test_a_published_client_gets_nothing_that_it_does_not_know() -> None:
    made = codec()
    assert made.opening == ()
    assert made.clear() is None
    assert made.sample_rate == 24_000
    samples = tone(24_000)
    assert payload(made, samples) == mu_law.encode(samples)


def test_channel_messages_go_as_they_are() -> None:
    made = codec()
    text = '{"type": "end_stream", "data": ""}'
    assert made.parse(text) == Said(text)
    assert made.message(text) == text


def test_a_client_that_asks_for_a_format_is_told_what_it_gets_and_when_to_clear() -> None:
    made = WebSocketCodec({"output": {"encoding": "pcm16", "sample_rate": 8_000}}, HANDLER)
    assert [json.loads(text) for text in made.opening] == [
        {
            "event": "started",
            "format": {
                "input": {"encoding": "mulaw", "sample_rate": 16_000},
                "output": {"encoding": "pcm16", "sample_rate": 8_000},
            },
        }
    ]
    assert json.loads(made.clear() or "") == {"event": "clear"}
    assert WebSocketCodec({}, HANDLER).clear() is not None


def test_sixteen_bits_both_ways() -> None:
    made = codec(input="pcm16", output="pcm16")
    samples = tone(24_000)
    assert payload(made, samples) == samples.astype("<i2").tobytes()
    heard = parse(made, media(samples.astype("<i2").tobytes()))
    assert np.array_equal(heard.pcm.samples, samples)
    assert heard.pcm.samples.dtype == np.int16
    with pytest.raises(InvalidMessageError, match="two bytes"):
        parse(made, media(b"\x00"))


def test_opus_both_ways() -> None:
    made = codec(input="opus", output="opus")
    assert made.sample_rate == 48_000
    samples, encoder, decoder = tone(48_000, 1.0), OpusEncoder(), OpusDecoder()
    heard, sent = [], []
    for start in range(0, 48_000, 960):
        frame = samples[:, start : start + 960]
        event = parse(made, media(bytes(encoder.encode(frame, start))))
        heard.append(event.pcm.samples)
        sent.append(decoder.decode(payload(made, frame)))
    for track in (np.concatenate(heard, axis=1)[0], np.concatenate(sent, axis=1)[0]):
        assert len(track) == 48_000
        assert np.abs(np.fft.rfft(track.astype(float))).argmax() == 440
    for broken in (b"\xff" * 10, b"\x00" * 9_000):
        with pytest.raises(InvalidMessageError, match="Opus packet"):
            parse(made, media(broken))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("[]", "JSON object"),
        ("{", "must be JSON"),
        ("{}", 'needs an "event"'),
        ('{"event": "dance"}', 'needs an "event"'),
        ('{"event": ["media"]}', 'needs an "event"'),
        ('{"event": "start", "websocket_id": "a"}', "a second"),
        ('{"event": "media"}', '"media": {"payload"'),
        ('{"event": "media", "media": "AAAA"}', '"media": {"payload"'),
        ('{"event": "media", "media": {}}', "base64"),
        ('{"event": "media", "media": {"payload": "%"}}', "not base64"),
    ],
)
def test_what_means_nothing_is_refused_in_words(message: str, words: str) -> None:
    with pytest.raises(InvalidMessageError, match=words):
        codec().parse(message)


@given(st.binary(max_size=2_000), st.sampled_from(["mulaw", "pcm16", "opus"]))
def test_no_bytes_break_it(data: bytes, encoding: str) -> None:
    try:
        event = parse(codec(input=encoding), media(data))
    except InvalidMessageError:
        return
    if isinstance(event, Heard):
        assert event.pcm.samples.dtype == np.int16
        assert event.pcm.samples.shape[0] == 1
        assert event.pcm.duration < 1


@given(st.text(max_size=200) | st.recursive(st.none(), st.lists).map(json.dumps))
def test_no_text_breaks_it(text: str) -> None:
    with pytest.raises(InvalidMessageError):
        codec().parse(text)


def test_a_second_of_48_khz_in_sixteen_bits_fits_into_a_message() -> None:
    assert len(json.dumps(media(b"\x00" * 96_000))) < MAX_MESSAGE_CHARACTERS
