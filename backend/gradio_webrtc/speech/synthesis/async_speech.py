"""A sync stream of speech, made async."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import iterate
from gradio_webrtc.speech.synthesis.tts import Speech


async def as_async_stream(pieces: Generator[Speech, None, None]) -> AsyncGenerator[Speech, None]:
    """Step ``pieces`` on a thread of its own, and close it there when this generator is closed."""
    worker = Worker("speech")
    steps = iterate(pieces, worker)
    try:
        async for piece in steps:
            yield piece
    finally:
        try:
            await steps.aclose()
        finally:
            await worker.aclose()
