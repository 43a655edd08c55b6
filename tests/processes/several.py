"""An app that is run in several processes at once: what each says, it says as itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from gradio_webrtc import Stream
from tests.support.echo_handlers import EchoHandler


def app() -> FastAPI:
    """Return the app."""
    made = FastAPI()
    stream = Stream(EchoHandler(), modality="audio", concurrency_limit=2)
    stream.mount(made, "/stream")

    @made.get("/outputs")
    async def outputs(request: Request, webrtc_id: str) -> StreamingResponse:
        stream.check_process(request, webrtc_id)

        async def lines() -> AsyncIterator[str]:
            async for output in stream.output_stream(webrtc_id):
                yield f"{output.args}\n"

        return StreamingResponse(lines())

    return made
