"""A server that gives TURN credentials as Cloudflare, Hugging Face and Twilio document it."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gradio_webrtc.credentials.credential_request import BASES

KEY_ID, API_TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "cloudflare-api-token"
HF_TOKEN = "hf_secretsecretsecret"
SID, AUTH_TOKEN = "AC" + "0123456789abcdef" * 2, "twilio-auth-token"
LOGIN = base64.b64encode(f"{SID}:{AUTH_TOKEN}".encode()).decode()
SECRETS = (API_TOKEN, HF_TOKEN, AUTH_TOKEN, LOGIN)

CLOUDFLARE_SERVERS: list[dict[str, Any]] = [
    {"urls": ["stun:stun.cloudflare.com:3478", "stun:stun.cloudflare.com:53"]},
    {
        "urls": [
            "turn:turn.cloudflare.com:3478?transport=udp",
            "turn:turn.cloudflare.com:53?transport=udp",
            "turn:turn.cloudflare.com:3478?transport=tcp",
            "turns:turn.cloudflare.com:443?transport=tcp",
        ],
        "username": "bc91b63e",
        "credential": "ebd71f1d",
    },
]
TWILIO_SERVERS: list[dict[str, Any]] = [
    {"url": "stun:global.stun.twilio.com:3478", "urls": "stun:global.stun.twilio.com:3478"},
    {
        "url": "turn:global.turn.twilio.com:3478?transport=udp",
        "urls": "turn:global.turn.twilio.com:3478?transport=udp",
        "username": "dc2d2894",
        "credential": "tE2DajzSJwnsSbc123",
    },
]


@dataclass
class Provider:
    """What the server was asked, and how it shall answer if not as it should.

    Attributes:
        url: its address.
        asked: path, JSON or form, of each request.
        status: another status than usual.
        headers: further headers.
        body: another body than usual.
        gate: nothing is answered before it is set.
        drip: seconds between the bytes of the answer.
        servers: what Cloudflare and Hugging Face give.
    """

    url: str = ""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    drip: float = 0.0
    servers: list[dict[str, Any]] = field(default_factory=lambda: CLOUDFLARE_SERVERS)

    def environment(self) -> dict[str, str]:
        """Return the environment in which this is every provider."""
        return dict.fromkeys(BASES, self.url)

    def usual(self, method: str, path: str, authorization: str, body: bytes) -> tuple[int, Any]:
        """Return status and JSON of a provider that is well."""
        known = {
            ("GET", "/credentials"): (f"Bearer {HF_TOKEN}", 200, {"iceServers": self.servers}),
            ("POST", f"/v1/turn/keys/{KEY_ID}/credentials/generate-ice-servers"): (
                f"Bearer {API_TOKEN}",
                201,
                {"iceServers": self.servers},
            ),
            ("POST", f"/2010-04-01/Accounts/{SID}/Tokens.json"): (
                f"Basic {LOGIN}",
                201,
                {"ttl": "86400", "account_sid": SID, "ice_servers": TWILIO_SERVERS},
            ),
        }
        route, _, query = path.partition("?")
        self.asked.append((path, json.loads(body) if body else query))
        if (method, route) not in known:
            return 404, {"error": "not found"}
        wanted, status, answer = known[(method, route)]
        if authorization != wanted:
            return 401, {"error": f"{authorization} is not known"}
        return status, answer


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.provider = Provider(url=f"http://127.0.0.1:{self.server_port}")
        self.provider.gate.set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET", b"")

    def do_POST(self) -> None:
        self._answer("POST", self.rfile.read(int(self.headers["Content-Length"] or 0)))

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""

    def _answer(self, method: str, body: bytes) -> None:
        provider = self.server.provider
        status, answer = provider.usual(method, self.path, self.headers["Authorization"], body)
        provider.gate.wait(30)
        data = json.dumps(answer).encode() if provider.body is None else provider.body
        self.send_response(status if provider.status is None else provider.status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in provider.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not provider.drip:
            self.wfile.write(data)
            return
        for byte in data:
            self.wfile.write(bytes([byte]))
            time.sleep(provider.drip)


@contextmanager
def turn_provider() -> Iterator[Provider]:
    """Run one until the block ends."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.provider.gate.set()
        server.provider.drip = 0.0
        server.shutdown()
        server.server_close()
        thread.join()
