"""Placing calls, with a local server in the place of Twilio's."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from gradio_webrtc.errors import ConfigurationError, TelephoneError
from gradio_webrtc.transports.telephone import outbound_calls
from gradio_webrtc.transports.telephone.outbound_calls import place_call

URL = "https://example.org/telephone/incoming"


class RestApi(HTTPServer):
    """Answers as Twilio's REST API does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, str, dict[str, list[str]]]] = []
        self.answer: tuple[int, dict[str, Any]] = (201, {"sid": "CA1", "status": "queued"})


class Answering(BaseHTTPRequestHandler):
    server: RestApi

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        user = base64.b64decode(self.headers["authorization"].split()[1]).decode()
        self.server.asked.append((self.path, user, parse_qs(body)))
        status, answer = self.server.answer
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Redirected(TwilioHttpClient):
    """Sends to the local server what is meant for Twilio's."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        parts = urlsplit(url)
        assert parts.netloc == "api.twilio.com"
        moved = parts._replace(scheme="http", netloc=f"127.0.0.1:{self.port}").geturl()
        return super().request(method, moved, *args, **more)


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[RestApi]:
    server = RestApi()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setattr(
        outbound_calls,
        "make_client",
        lambda sid, token: Client(sid, token, http_client=Redirected(server.server_port)),
    )
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_twilio_is_asked_to_ring_and_to_ask_us_when_somebody_answers(twilio: RestApi) -> None:
    assert place_call("+15550100", "+15550199", URL, ring_seconds=20) == "CA1"
    ((path, user, form),) = twilio.asked
    assert path == "/2010-04-01/Accounts/AC1/Calls.json"
    assert user == "AC1:secret"
    assert form == {"To": ["+15550100"], "From": ["+15550199"], "Url": [URL], "Timeout": ["20"]}


def test_an_account_may_be_given_and_so_may_a_client(twilio: RestApi) -> None:
    place_call("sip:a@example.org", "+15550199", URL, account_sid="AC2", auth_token="other")
    own = Client("SK3", "key", "AC3", http_client=Redirected(twilio.server_port))
    place_call("client:jane", "+15550199", URL, client=own)
    assert [(path.split("/")[3], user) for path, user, _ in twilio.asked] == [
        ("AC2", "AC2:other"),
        ("AC3", "SK3:key"),
    ]


def test_what_twilio_refuses_is_told_with_its_reason(twilio: RestApi) -> None:
    reason = "The number +15550100 is unverified."
    twilio.answer = (400, {"code": 21219, "message": reason, "status": 400})
    with pytest.raises(TelephoneError, match=r"HTTP 400, code 21219") as refused:
        place_call("+15550100", "+15550199", URL)
    assert reason in str(refused.value)
    assert "secret" not in str(refused.value)


def test_without_an_account_the_error_names_what_is_missing(
    twilio: RestApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN")
    with pytest.raises(ConfigurationError, match=r"set TWILIO_AUTH_TOKEN,"):
        place_call("+15550100", "+15550199", URL)
    monkeypatch.delenv("TWILIO_ACCOUNT_SID")
    with pytest.raises(ConfigurationError, match="TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"):
        place_call("+15550100", "+15550199", URL)
    assert twilio.asked == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"to": "0555 0100"}, "to"),
        ({"to": ""}, "to"),
        ({"from_": "me"}, "from_"),
        ({"url": "example.org"}, "url"),
        ({"url": "wss://example.org"}, "url"),
        ({"ring_seconds": 0}, "ring_seconds"),
        ({"ring_seconds": 601}, "ring_seconds"),
    ],
)
def test_what_cannot_work_is_refused_before_anybody_is_asked(
    twilio: RestApi, change: dict[str, Any], name: str
) -> None:
    wanted = {"to": "+15550100", "from_": "+15550199", "url": URL, **change}
    with pytest.raises(ConfigurationError, match=name):
        place_call(**wanted)
    assert twilio.asked == []
