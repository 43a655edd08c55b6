"""A speech service that speaks the protocol of the OpenAI Realtime API over a real websocket.

It hears that somebody speaks by loudness, and answers every turn with the same spoken sentence.
"""

from __future__ import annotations

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from itertools import count
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.support.synthetic_speech import say

RATE = 24_000
LOUD = 500
"""Root mean square from which sound is speech: the fake microphone's silence is digital."""
PAUSE_S = 0.8
KEY = "sk-test"


class RealtimeService:
    """``with RealtimeService().running() as service``: at ``service.url`` until the block ends.

    Args:
        answer: what it says.
        question: what it says that it understood.
        names: ``"output_audio"``, or ``"audio"`` for the names of the first version.
        error: what the response to a turn fails with, instead of an answer.
        hang_up: whether it closes the connection after the first turn.

    Attributes:
        received: the client's events, without sound.
        problems: what it did not understand.
    """

    def __init__(
        self,
        answer: str = "Paris is the capital of France.",
        question: str = "What is the capital of France?",
        *,
        names: str = "output_audio",
        error: str = "",
        hang_up: bool = False,
    ) -> None:
        self.answer, self.question = answer, question
        self.names, self.error, self.hang_up = names, error, hang_up
        self.received: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self.url = ""
        self._spoken = say(answer, rate_hz=RATE)

    @property
    def environment(self) -> dict[str, str]:
        """What makes the demo talk to this service."""
        return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": self.url}

    @contextmanager
    def running(self) -> Iterator[RealtimeService]:
        """Serve until the block ends."""
        with serve(self._converse, "127.0.0.1", 0, process_request=self._check) as server:
            self.url = f"http://127.0.0.1:{server.socket.getsockname()[1]}/v1"
            thread = threading.Thread(target=server.serve_forever, name="realtime service")
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the received events of one kind."""
        return [event for event in self.received if event["type"] == kind]

    @staticmethod
    def _check(socket: ServerConnection, request: Any) -> Any:
        if not request.path.startswith("/v1/realtime?model="):
            return socket.respond(HTTPStatus.NOT_FOUND, "no such model\n")
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return socket.respond(HTTPStatus.UNAUTHORIZED, "no such key\n")
        return None

    def _converse(self, socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):  # the client may hang up at any time
            _Call(self, socket).run()


class _Call:
    """One connection."""

    def __init__(self, service: RealtimeService, socket: ServerConnection) -> None:
        self._service = service
        self._socket = socket
        self._items = count(1)
        self._speaking = ""
        self._quiet = 0.0

    def run(self) -> None:
        self._send("session.created", session={})
        for text in self._socket:
            event = json.loads(text)
            if event["type"] == "input_audio_buffer.append":
                self._hear(np.frombuffer(b64decode(event["audio"]), "<i2"))
                continue
            self._service.received.append(event)
            if event["type"] == "session.update":
                self._send("session.updated", session=event["session"])
            elif event["type"] == "conversation.item.truncate":
                self._send("conversation.item.truncated", item_id=event["item_id"])
            else:
                self._service.problems.append(event["type"])

    def _send(self, kind: str, **fields: Any) -> None:
        self._socket.send(json.dumps({"type": kind, "event_id": "event", **fields}))

    def _hear(self, sound: np.ndarray) -> None:
        loud = np.sqrt(np.mean(sound.astype(np.float64) ** 2)) > LOUD
        self._quiet = 0.0 if loud else self._quiet + sound.size / RATE
        if loud and not self._speaking:
            self._speaking = f"item_{next(self._items)}"
            self._send("input_audio_buffer.speech_started", item_id=self._speaking)
        elif self._speaking and self._quiet >= PAUSE_S:
            item, self._speaking = self._speaking, ""
            self._send("input_audio_buffer.speech_stopped", item_id=item)
            self._send("input_audio_buffer.committed", item_id=item)
            self._reply(item)

    def _reply(self, asked: str) -> None:
        item = f"item_{next(self._items)}"
        response = f"response_of_{item}"
        at = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        prefix = f"response.{self._service.names}"
        self._send("response.created", response={"id": response, "status": "in_progress"})
        if self._service.error:
            error = {"type": "server_error", "message": self._service.error}
            details = {"type": "failed", "error": error}
            failed = {"id": response, "status": "failed", "status_details": details}
            self._send("response.done", response=failed)
            return
        # All at once, much faster than it is spoken, as the real service does.
        words = self._service.answer.split(" ")
        for number, sound in enumerate(np.array_split(self._service._spoken, len(words))):
            words_so_far = words[number] + " "
            self._send(f"{prefix}_transcript.delta", **at, delta=words_so_far)
            self._send(f"{prefix}.delta", **at, delta=b64encode(sound.tobytes()).decode())
        # Recognition is slower than the answer.
        self._send(
            "conversation.item.input_audio_transcription.completed",
            item_id=asked,
            content_index=0,
            transcript=self._service.question + "\n",
        )
        self._send(f"{prefix}.done", **at)
        self._send("response.done", response={"id": response, "status": "completed"})
        if self._service.hang_up:
            self._socket.close()
