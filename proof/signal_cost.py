"""What answering one request costs the event loop."""

from __future__ import annotations

import enum
import gc
import json
import time
import tracemalloc
from dataclasses import dataclass
from typing import Any

from gradio_webrtc import AsyncStreamHandler, Stream
from gradio_webrtc.handlers.protocol import Modality
from gradio_webrtc.routes.webrtc import OfferBody
from gradio_webrtc.server.stream_host import StreamHost

MEGABYTE = 1e6


class Ending(enum.Enum):
    """How a request ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Costs:
    """What one request cost.

    Attributes:
        ms: CPU time of the event loop's thread until the answer, everything in between included.
        mb: peak of Python's memory above what was there before, in a second run.
    """

    ms: float
    mb: float
    ending: Ending


class Silent(AsyncStreamHandler):
    """Takes what comes and says nothing, so that only the signalling costs."""

    def copy(self) -> Silent:
        """Return another one."""
        return Silent()

    async def receive(self, frame: Any) -> None:
        """Ignore ``frame``."""

    async def emit(self) -> None:
        """Emit nothing."""


def fresh_host(kind: Modality) -> StreamHost:
    """Return the host of a stream that takes whatever it can of an offer."""
    handler: Any = Silent() if kind == "audio" else _same
    stream = Stream(handler, modality=kind, allow_extra_tracks=True, concurrency_limit=None)
    return stream.host


def _same(frame: Any) -> Any:
    return frame


async def measure(sdp: str) -> Costs:
    """Send an offer to a stream of its own, which needs audio if that has some; return its cost."""
    kind: Modality = "audio" if "m=audio 9" in sdp else "video"
    return await measure_body(
        json.dumps({"type": "offer", "sdp": sdp, "webrtc_id": "a"}).encode(), kind
    )


async def measure_body(body: bytes, kind: Modality = "audio") -> Costs:
    """Send a request's body to a stream of its own; return what that cost."""
    ms, ending = await _time(body, kind)
    tracemalloc.start()
    try:
        await _time(body, kind)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Costs(ms, peak / MEGABYTE, ending)


async def _time(body: bytes, kind: Modality) -> tuple[float, Ending]:
    host = fresh_host(kind)
    gc.disable()  # its turn comes with the garbage of all, and is no request's cost
    started = time.thread_time()
    try:
        answer = await _answer(host, body)
    finally:
        spent = time.thread_time() - started
        gc.enable()
    await host.aclose()
    if answer is None:
        return spent * 1e3, Ending.REFUSED
    if answer.get("type") == "answer":
        return spent * 1e3, Ending.ANSWERED
    failed = answer.get("meta", {}).get("error") == "server_error"
    return spent * 1e3, Ending.FAILED if failed else Ending.REFUSED


async def _answer(host: StreamHost, body: bytes) -> dict[str, Any] | None:
    """Do what the mounted route does with a body; ``None`` for one that is not the schema."""
    try:
        request = OfferBody.model_validate(json.loads(body)).model_dump()
    except (ValueError, RecursionError):
        return None
    return await host.signal(request)
