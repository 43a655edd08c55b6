"""A speech service that answers ``POST /tts/bytes`` as Cartesia documents it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

KEY = "sk_car_test"


class CartesiaService:
    """``with CartesiaService().running() as service``: at ``service.url`` until the block ends.

    Speech is a ramp of one sample for each letter, in chunks of an odd number of bytes.

    Args:
        break_off: whether it hangs up in the middle.
        flood: how many bytes it sends instead of speech.
        status: refuses with this status, and the words "no more credits".

    Attributes:
        requests: the bodies that came, with the headers it looks at.
    """

    def __init__(self, *, break_off: bool = False, flood: int = 0, status: int = 200) -> None:
        self.break_off = break_off
        self.flood = flood
        self.status = status
        self.requests: list[dict[str, Any]] = []
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[CartesiaService]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                service.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        self.requests.append({**body, "version": request.headers["Cartesia-Version"]})
        status = self.status if request.headers["X-API-Key"] == KEY else 401
        if request.path != "/tts/bytes":
            status = 404
        if status != 200:
            words = b"invalid key" if status == 401 else b"no more credits"
            request.send_response(status)
            request.send_header("Content-Length", str(len(words)))
            request.end_headers()
            request.wfile.write(words)
            return
        speech = speech_of(body["transcript"]).tobytes() if not self.flood else bytes(self.flood)
        request.send_response(200)
        request.send_header("Content-Type", "application/octet-stream")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        step = 7 if not self.flood else 65_536
        for start in range(0, len(speech), step):
            piece = speech[start : start + step]
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if self.break_off:
                request.close_connection = True
                return
        request.wfile.write(b"0\r\n\r\n")


def speech_of(text: str) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Return what the service says for ``text``, int16 of shape ``(letters,)``."""
    return np.arange(len(text), dtype="<i2")
