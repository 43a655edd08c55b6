"""A program that records an echo, to be killed: ``python recording_server.py FOLDER``."""

from __future__ import annotations

import asyncio
import signal
import sys

from gradio_webrtc import Stream
from tests.support.echo_handlers import AsyncEchoHandler
from tests.support.recognisable_tracks import SineTrack
from tests.support.serving import Served
from tests.support.sessions import until

SECONDS = 4.0


async def main(folder: str) -> None:
    """Say "recorded" when ``SECONDS`` have been heard, then go on until somebody ends it."""
    stream = Stream(AsyncEchoHandler(), modality="audio", record=folder)
    async with Served(stream) as server:
        client = await server.connected(SineTrack())
        await until(lambda: client.heard > SECONDS, seconds=60)
        sys.stdout.write("recorded\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    # What a shell starts in the background ignores it, and so do the children of that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio.run(main(sys.argv[1]))
