"""What is an answer, and what is none: of each a typed error that says what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gradio_webrtc.credentials.credential_request import (
    CredentialRequest,
    cloudflare_request,
    twilio_request,
)
from gradio_webrtc.credentials.provider_answer import Credentials, read_answer
from gradio_webrtc.errors import TurnCredentialsError
from tests.support.turn_provider import CLOUDFLARE_SERVERS, TWILIO_SERVERS

CLOUDFLARE = cloudflare_request("id", "api", None, 600)
TURN = {"urls": "turn:turn.example.org", "username": "me", "credential": "hunter2"}


def read(
    answer: Any,
    *,
    status: int = 200,
    request: CredentialRequest = CLOUDFLARE,
    retry_after: str | None = None,
) -> Credentials:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return read_answer(request, status, headers, json.dumps(answer).encode())


def test_cloudflares_answer_without_the_port_that_browsers_block() -> None:
    found = read({"iceServers": CLOUDFLARE_SERVERS}, status=201)
    assert found.valid_s == 600
    stun, turn = found.configuration["iceServers"]
    assert stun == {"urls": ["stun:stun.cloudflare.com:3478"]}
    assert turn["urls"] == [url for url in CLOUDFLARE_SERVERS[1]["urls"] if ":53?" not in url]
    assert (turn["username"], turn["credential"]) == ("bc91b63e", "ebd71f1d")


def test_cloudflares_older_answer_with_one_server() -> None:
    assert read({"iceServers": TURN}).configuration["iceServers"][0]["username"] == "me"


def test_twilios_answer_says_itself_how_long_it_is_valid() -> None:
    answer = {"ttl": "3600", "ice_servers": TWILIO_SERVERS}
    found = read(answer, status=201, request=twilio_request("AC1", "auth"))
    assert found.valid_s == 3600
    assert found.configuration["iceTransportPolicy"] == "relay"
    assert found.configuration["iceServers"][1] == {
        "urls": ["turn:global.turn.twilio.com:3478?transport=udp"],
        "username": "dc2d2894",
        "credential": "tE2DajzSJwnsSbc123",
    }


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (301, "redirect"),
        (307, "redirect"),
        (400, "did not accept"),
        (401, "Check CLOUDFLARE_TURN_KEY_ID"),
        (403, "Check CLOUDFLARE_TURN_KEY_ID"),
        (404, "Check CLOUDFLARE_TURN_KEY_ID"),
        (429, "Try again later"),
        (500, "Try again later"),
        (503, "Try again later"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, says: str) -> None:
    with pytest.raises(TurnCredentialsError, match=says) as refused:
        read({"error": "hunter2"}, status=status)
    assert (refused.value.provider, refused.value.status) == ("Cloudflare", status)
    assert f"(HTTP {status})" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_too_often_says_when() -> None:
    with pytest.raises(TurnCredentialsError, match="in 17 seconds") as refused:
        read({}, status=429, retry_after="17")
    assert refused.value.retry_after == 17
    with pytest.raises(TurnCredentialsError, match="later") as refused:
        read({}, status=429, retry_after="Fri, 27 Nov 2026 07:28:00 GMT")
    assert refused.value.retry_after is None


NONSENSE: dict[str, Any] = {
    "a list": [],
    "a text": "hunter2",
    "nothing": None,
    "an empty object": {},
    "no servers": {"iceServers": []},
    "servers that are none": {"iceServers": 7},
    "a server that is none": {"iceServers": ["turn:hunter2"]},
    "many servers": {"iceServers": [TURN] * 100},
    "many addresses": {"iceServers": [{**TURN, "urls": ["turn:host"] * 100}]},
    "no address": {"iceServers": [{"username": "hunter2"}]},
    "another scheme": {"iceServers": [{**TURN, "urls": "https://hunter2"}]},
    "a number as address": {"iceServers": [{**TURN, "urls": [7]}]},
    "a long address": {"iceServers": [{**TURN, "urls": "turn:" + "h" * 5000}]},
    "no password": {"iceServers": [{"urls": "turn:host", "username": "hunter2"}]},
    "a password that is none": {"iceServers": [{**TURN, "credential": {"a": "hunter2"}}]},
    "stun only": {"iceServers": [{"urls": "stun:host"}]},
    "blocked ports only": {"iceServers": [{**TURN, "urls": "turn:host:53?transport=udp"}]},
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
def test_what_is_no_answer_is_told_without_a_word_of_it(answer: Any) -> None:
    with pytest.raises(TurnCredentialsError, match=r"no TURN credentials: .*Check") as refused:
        read(answer)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "body", [b"", b"<html>hunter2", b"\xff\xfe", b"[" * 60_000, '{"a":1}'.encode("utf-16")]
)
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(TurnCredentialsError, match="it is no JSON") as refused:
        read_answer(CLOUDFLARE, 200, {}, body)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("told", ["soon", "-5", 1.5, True, None, "9" * 40, []])
def test_a_time_that_is_none_is_what_was_asked(told: Any) -> None:
    assert read({"ttl": told, "iceServers": [TURN]}).valid_s == 600
