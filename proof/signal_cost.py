"""What answering one request costs the event loop."""

from __future__ import annotations

import enum
import gc
import json
import time
import tracemalloc
import uuid
from dataclasses import dataclass
from typing import Any

from gradio_webrtc import AsyncStreamHandler, Stream
from gradio_webrtc.routes import OfferBody
from gradio_webrtc.transports.host import StreamHost

MEGABYTE = 1e6


class Kind(enum.Enum):
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
    kind: Kind


class Silent(AsyncStreamHandler):
    """Takes what comes and says nothing, so that only the signalling costs."""

    def copy(self) -> Silent:
        """Return another one."""
        return Silent()

    async def receive(self, frame: Any) -> None:
        """Ignore ``frame``."""

    async def emit(self) -> None:
        """Emit nothing."""


def fresh_host() -> StreamHost:
    """Return the host of a stream that takes whatever it can of an offer."""
    stream = Stream(Silent(), modality="audio", allow_extra_tracks=True, concurrency_limit=None)
    return stream.host


async def measure(sdp: str) -> Costs:
    """Send an offer as the body of a request to a stream of its own; return what that cost."""
    body = json.dumps({"type": "offer", "sdp": sdp, "webrtc_id": "a"}).encode()
    ms, kind = await _time(body)
    tracemalloc.start()
    try:
        await _time(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Costs(ms, peak / MEGABYTE, kind)


async def _time(body: bytes) -> tuple[float, Kind]:
    host = fresh_host()
    gc.collect()
    started = time.thread_time()
    request = OfferBody.model_validate(json.loads(body)).model_dump()
    answer = await host.signal({**request, "webrtc_id": uuid.uuid4().hex})
    spent = time.thread_time() - started
    await host.aclose()
    if answer.get("type") == "answer":
        return spent * 1e3, Kind.ANSWERED
    failed = answer["meta"]["error"] == "server_error"
    return spent * 1e3, Kind.FAILED if failed else Kind.REFUSED
