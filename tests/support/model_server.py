"""A server that speaks the protocols of hosted models: chat completions and speech recognition."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GATE = object()
"""Among the pieces of an answer: the server waits here until ``gate`` is set."""
PATIENCE = 30.0


@dataclass
class ModelServer:
    """What the server shall answer, and what it was asked.

    Attributes:
        url: its address, to which ``/chat/completions`` or ``/transcribe`` is added.
        pieces: the next answers of the chat, in the pieces in which they are streamed; the last one
            is given again and again.
        transcript: what the recognition hears.
        status: the HTTP status of everything.
        refusal: the words of an answer that is none.
        gate: lets an answer go on after a ``GATE``.
        asked: the bodies of the chat's requests.
        keys: the ``Authorization`` headers of all requests.
        sounds: the bodies of the recognition's requests.
        hung_up: set when a client went away in the middle of an answer.
    """

    url: str = ""
    pieces: list[list[Any]] = field(default_factory=lambda: [["Yes."]])
    transcript: str = "shall we dance"
    status: int = 200
    refusal: str = "this key is not known"
    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def next_answer(self) -> list[Any]:
        """Return the pieces of the next answer."""
        return self.pieces.pop(0) if len(self.pieces) > 1 else self.pieces[0]


class Server(ThreadingHTTPServer):
    """Listens on a free port of this machine."""

    daemon_threads = False  # closing waits for them

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.about = ModelServer(url=f"http://127.0.0.1:{self.server_port}")


class Handler(BaseHTTPRequestHandler):
    """Answers one request as the server's ``about`` says."""

    server: Server

    def do_POST(self) -> None:
        """Answer a chat or a recognition, or refuse."""
        about = self.server.about
        body = self.rfile.read(int(self.headers["Content-Length"]))
        about.keys.append(self.headers["Authorization"])
        if about.status != 200:
            self._answer({"error": {"message": about.refusal}}, about.status)
        elif self.path.endswith("/transcribe"):
            about.sounds.append(body)
            self._answer({"text": about.transcript})
        else:
            about.asked.append(json.loads(body))
            pieces = about.next_answer()
            if about.asked[-1].get("stream"):
                self._stream(pieces)
            else:
                message = {"role": "assistant", "content": "".join(pieces)}
                self._answer({"choices": [{"index": 0, "message": message}]})

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""

    def _answer(self, value: object, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, pieces: list[Any]) -> None:
        about = self.server.about
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self._event({"choices": [{"delta": {"role": "assistant"}}]})
            for piece in pieces:
                if piece is GATE:
                    about.gate.wait(PATIENCE)
                    self._check_client()
                else:
                    self._event({"choices": [{"delta": {"content": piece}}]})
            self._event({"choices": [], "usage": {"total_tokens": 1}})
            self.wfile.write(b"data: [DONE]\n\n")
        except ConnectionError:
            about.hung_up.set()

    def _check_client(self) -> None:
        """Raise ``ConnectionResetError`` if the client has closed its end."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        if readable and self.connection.recv(1, socket.MSG_PEEK) == b"":
            raise ConnectionResetError

    def _event(self, value: object) -> None:
        self.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")


@contextmanager
def running() -> Iterator[ModelServer]:
    """Serve on a free port until the block is left."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.about
    finally:
        server.about.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
