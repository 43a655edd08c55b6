"""What all socket protocols read alike: hostile text costs little and is named."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.errors import InvalidMessageError, MessageTooLargeError
from gradio_webrtc.transports.sockets.codec import (
    MAX_MESSAGE_CHARACTERS,
    audio_bytes,
    checked_text,
    json_object,
)


def test_what_is_too_large_or_no_text_is_not_looked_at() -> None:
    assert checked_text("x" * MAX_MESSAGE_CHARACTERS)
    for large in ("x" * (MAX_MESSAGE_CHARACTERS + 1), b"x" * 10_000_000):
        with pytest.raises(MessageTooLargeError, match="too large"):
            checked_text(large)
    with pytest.raises(InvalidMessageError, match="must be text"):
        checked_text(b"{}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nonsense",
        "[" * 100_000,
        '{"a":' * 20_000,
        "[]",
        "7",
        "null",
        '"text"',
        "1" * 5_000,
    ],
)
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidMessageError, match="JSON"):
        json_object(text)


def test_the_worst_message_costs_less_than_a_frame_of_sound() -> None:
    worst = '{"event":[' + ",".join(["{}"] * 43_000) + "]}"
    assert len(worst) < MAX_MESSAGE_CHARACTERS + 2
    began = time.thread_time()
    json_object(worst)
    assert time.thread_time() - began < 0.05


@given(st.binary(max_size=1000))
def test_sound_is_what_its_base64_stands_for(data: bytes) -> None:
    assert audio_bytes(base64.b64encode(data).decode()) == data


@pytest.mark.parametrize(
    "payload", [None, 7, [], {}, "?", "QUJ", "QU JD", "ÄÖÜß", "QUJD\n", "\ud800AAA"]
)
def test_what_is_no_base64_is_refused(payload: object) -> None:
    with pytest.raises(InvalidMessageError, match="payload"):
        audio_bytes(payload)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    for read in (json_object, audio_bytes):
        try:
            read(text)
        except InvalidMessageError:
            continue
