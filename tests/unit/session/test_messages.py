"""Control messages, by the fixtures both languages decode."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.handlers.protocol import TurnLog
from gradio_webrtc.session import messages
from gradio_webrtc.session.messages import (
    MAX_MESSAGE_BYTES,
    MESSAGE_TYPES,
    Message,
    MessageType,
    decode,
    encode,
)
from gradio_webrtc.session.state import CloseReason

FIXTURES = json.loads(
    (Path(__file__).parents[2] / "contract" / "messages.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("fixture", FIXTURES["valid"], ids=lambda fixture: fixture["wire"][:30])
def test_the_contract_both_ways(fixture: dict[str, Any]) -> None:
    message = Message(**fixture["message"])
    assert decode(fixture["wire"]) == message
    assert decode(fixture["wire"].encode()) == message
    assert json.loads(encode(message)) == json.loads(fixture["wire"])


@pytest.mark.parametrize("wire", FIXTURES["invalid"])
def test_the_contract_of_what_is_refused(wire: str) -> None:
    with pytest.raises(InvalidMessageError):
        decode(wire)


def test_the_contract_has_every_type() -> None:
    assert {fixture["message"]["type"] for fixture in FIXTURES["valid"]} == set(MESSAGE_TYPES)
    assert set(MESSAGE_TYPES) == set(get_args(MessageType))


def test_what_the_server_says() -> None:
    assert json.loads(encode(messages.error("no"))) == {
        "type": "error",
        "data": "no",
        "message": "no",
    }
    assert json.loads(encode(messages.warning("slow")))["message"] == "slow"
    assert json.loads(encode(messages.end_stream("over", CloseReason.TIME_LIMIT.value))) == {
        "type": "end_stream",
        "data": "over",
        "reason": "time_limit",
    }
    assert json.loads(encode(messages.send_input()))["type"] == "send_input"
    assert json.loads(encode(messages.fetch_output()))["type"] == "fetch_output"
    for event in get_args(TurnLog):
        assert decode(encode(messages.log(event))).data == event


def test_a_message_may_be_as_large_as_said_and_no_larger() -> None:
    frame = len(encode(Message("ping", "")).encode())
    assert decode(encode(Message("ping", "x" * (MAX_MESSAGE_BYTES - frame)))).type == "ping"
    with pytest.raises(InvalidMessageError, match=f"at most {MAX_MESSAGE_BYTES} bytes"):
        decode(encode(Message("ping", "x" * (MAX_MESSAGE_BYTES - frame + 1))))
    with pytest.raises(InvalidMessageError, match="at most"):
        decode(encode(Message("ping", "€" * (MAX_MESSAGE_BYTES // 2))))


@given(st.text() | st.binary())
def test_arbitrary_input_raises_nothing_but_a_refusal(text: str | bytes) -> None:
    with contextlib.suppress(InvalidMessageError):
        assert decode(text).type in MESSAGE_TYPES


@given(
    st.sampled_from(get_args(MessageType)),
    st.text() | st.lists(st.integers()) | st.none() | st.dictionaries(st.text(), st.text()),
    st.none() | st.text(),
)
def test_what_is_encoded_is_decoded(type_: MessageType, data: Any, reason: str | None) -> None:
    message = Message(type_, data, reason)
    with contextlib.suppress(InvalidMessageError):  # larger than a message may be
        assert decode(encode(message)) == message


@given(
    st.dictionaries(
        st.sampled_from(["type", "data", "reason"]),
        st.sampled_from(["ping", "", None, 7, [], {}, ["ping"], True]),
    )
)
def test_any_json_object_is_a_message_or_refused(body: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidMessageError):
        message = decode(json.dumps(body))
        assert message.type == body["type"]
        assert message.reason is None or isinstance(message.reason, str)
