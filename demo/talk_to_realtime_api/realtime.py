"""A connection to a speech service by the protocol of the OpenAI Realtime API."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gradio_webrtc import WebRTCError

RATE = 24_000
"""Hz: the only rate of the protocol's PCM, 16 bit, one channel."""

_PCM = {"type": "audio/pcm", "rate": RATE}

SESSION = {
    "type": "realtime",
    "output_modalities": ["audio"],
    "instructions": os.environ.get("REALTIME_INSTRUCTIONS")
    or "You are a friendly companion in a spoken conversation. Answer in a sentence or two.",
    "audio": {
        "input": {
            "format": _PCM,
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 400},
        },
        "output": {"format": _PCM, "voice": os.environ.get("REALTIME_VOICE") or "marin"},
    },
}

TURNS = {
    "session.updated": "listening",
    "input_audio_buffer.speech_started": "started_talking",
    "input_audio_buffer.speech_stopped": "pause_detected",
}
"""What events of the service say about the turn, in the words of the page."""


class Service:
    """One conversation with the service."""

    def __init__(self) -> None:
        self.socket: ClientConnection | None = None

    async def events(self) -> AsyncIterator[dict]:
        """Connect, and give what the service says until the end."""
        key = os.environ.get("OPENAI_API_KEY")
        if not key:
            raise WebRTCError("Set the environment variable OPENAI_API_KEY and start the app anew.")
        base = os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
        model = os.environ.get("REALTIME_MODEL") or "gpt-realtime"
        url = f"{base.replace('http', 'ws', 1).rstrip('/')}/realtime?model={model}"
        login = {"Authorization": f"Bearer {key}"}
        try:
            async with connect(url, additional_headers=login) as self.socket:
                await self.send("session.update", session=SESSION)
                async for text in self.socket:
                    event = json.loads(text)
                    # Endpoints of the protocol's first version name these differently.
                    name = event["type"].replace("response.audio", "response.output_audio")
                    yield {**event, "type": name}
        except InvalidStatus as error:
            status = error.response.status_code
            raise WebRTCError(f"The service refused ({status}): check OPENAI_API_KEY.") from error
        except (OSError, ConnectionClosed) as error:
            raise WebRTCError(f"The speech service cannot be reached: {error}") from error
        raise WebRTCError("The speech service has ended the conversation.")

    async def send(self, name: str, **fields: object) -> None:
        """Say something to the service while there is a connection; ``events`` tells of its end."""
        if self.socket is not None:
            with suppress(ConnectionClosed):
                await self.socket.send(json.dumps({"type": name, **fields}))

    async def send_sound(self, samples: np.ndarray) -> None:
        """Send int16 samples of any shape."""
        await self.send("input_audio_buffer.append", audio=b64encode(samples.tobytes()).decode())


def failure(event: dict) -> str:
    """Return what went wrong, in the service's words; nothing when all is well."""
    response = event.get("response") or {}
    details = response.get("status_details") or {}
    error = event.get("error") or details.get("error") or {}
    return error.get("message") or error.get("code") or ""
