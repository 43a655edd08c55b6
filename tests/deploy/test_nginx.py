"""The configuration of nginx with a certificate: page, calls and websockets come through."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.packaging.processes import free_port
from tests.processes.several_processes import process
from tests.support import nginx
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import SineTrack, tone
from tests.support.sessions import until
from tests.support.websocket_client import WebSocketClient

CERTIFICATES = "/etc/letsencrypt/live/voice.example.org"


def certificate(folder: Path) -> ssl.SSLContext:
    """Write a certificate for this machine as the files have it; return what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "voice.example.org")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM)
    (folder / "fullchain.pem").write_bytes(text)
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return ssl.create_default_context(cadata=text.decode())


@contextmanager
def in_front(
    folder: Path, behind: int, changes: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[int, int, ssl.SSLContext]]:
    """Run nginx before the app at port ``behind``.

    Give its ports for HTTP and for HTTPS, and what trusts its certificate.
    """
    trusting = certificate(folder)
    plain, secure = free_port(), free_port()
    used = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        CERTIFICATES: str(folder),
        r"127\.0\.0\.1:7860\b": f"127.0.0.1:{behind}",
        **changes,
    }
    with nginx.running(folder, "tls.conf", used, secure):
        yield plain, secure, trusting


@pytest.mark.timeout(180)
async def test_page_calls_and_websockets_come_through(tmp_path: Path) -> None:
    async with process(tmp_path, "app", FORWARDED_ALLOW_IPS="127.0.0.1") as (port, _):
        with in_front(tmp_path, port) as (plain, secure, trusting):
            url = f"https://127.0.0.1:{secure}"
            async with httpx.AsyncClient(base_url=url, verify=trusting, timeout=60) as http:
                moved = await http.get(f"http://127.0.0.1:{plain}/stream?a=b")
                assert (moved.status_code, moved.headers["location"]) == (
                    301,
                    "https://127.0.0.1/stream?a=b",
                )
                assert (await http.get("/stream/webrtc/health")).status_code == 200

                async def signal(body: dict[str, Any]) -> dict[str, Any]:
                    # As a page of this address would, which nginx has to hand on for it to count.
                    asked = await http.post(
                        "/stream/webrtc/offer", json=body, headers={"Origin": url}
                    )
                    answer: dict[str, Any] = asked.json()
                    return answer

                client = LoopbackClient(signal, send=[SineTrack()])
                try:
                    await client.connect()
                    await until(lambda: client.heard > 0.2, 30)
                finally:
                    await client.close()
            socket = f"wss://127.0.0.1:{secure}/stream/websocket/offer"
            async with WebSocketClient(socket, ssl=trusting) as caller:
                await caller.start()
                await caller.says(tone(500.0, 8_000.0, 0, 24_000)[0])
                await until(lambda: caller.sound, 30)


async def test_others_do_not_see_how_it_does(tmp_path: Path) -> None:
    """The same file, for whom this machine is a stranger."""
    stranger = {r"allow 127\.0\.0\.0/8;": "allow 192.0.2.1;"}
    with in_front(tmp_path, free_port(), stranger) as (_, secure, trusting):
        url = f"https://127.0.0.1:{secure}"
        async with httpx.AsyncClient(base_url=url, verify=trusting) as http:
            for path in ("/webrtc/health", "/webrtc/metrics", "/rtc/webrtc/health"):
                assert (await http.get(path)).status_code == 403
            # This is asked of the app, which is not there.
            assert (await http.get("/webrtc/healthy")).status_code == 502
