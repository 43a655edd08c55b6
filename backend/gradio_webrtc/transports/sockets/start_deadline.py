"""How long whoever opens a socket may take until it says who it is."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from gradio_webrtc.concurrency.served_time import wait
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import NotStartedError

T = TypeVar("T")

START_SECONDS = 10.0
"""As a page has for its first sign of life after an offer. Twilio sends at once."""


async def started(reading: Coroutine[Any, Any, T], late: str) -> T:
    """Return what ``reading`` reads, which is cancelled after ``START_SECONDS``.

    Raises:
        NotStartedError: it took longer, in the words of ``late``.
    """
    task = asyncio.ensure_future(reading)
    try:
        if await wait([task], START_SECONDS):
            return task.result()
    finally:
        await cancel_and_wait(task)
    raise NotStartedError(f"{late} within {START_SECONDS:g} seconds.")
