"""The clock of a loop, in any thread."""

from __future__ import annotations

import asyncio
import time

from gradio_webrtc.concurrency.loop_clock import loop_clock


def test_it_is_the_loops_own() -> None:
    loop = asyncio.new_event_loop()
    assert loop_clock(loop) == loop.time
    loop.close()


def test_one_that_stands_still_between_turns_is_not_asked() -> None:
    class Loop(asyncio.SelectorEventLoop):
        """As uvloop's, which may not be installed."""

    Loop.__module__ = "uvloop"
    loop = Loop()
    assert loop_clock(loop) is time.monotonic
    loop.close()
