"""Somebody who interrupts a reply that a worker makes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from gradio_webrtc import InterruptionOptions
from gradio_webrtc.handlers.executors.options import ExecutorChoice
from tests.support import executor_work as work
from tests.support.scripted_conversation import ScriptedReply, Talk
from tests.support.sessions import until

AT_ONCE = InterruptionOptions(resume=False)
PATIENCE = 60.0
"""Seconds: a worker that is begun anew loads this package."""


def replier(fn: Callable[..., Any], executor: ExecutorChoice) -> ScriptedReply:
    return ScriptedReply(fn, interruption=AT_ONCE, executor=executor)


async def interrupts(executor: ExecutorChoice, log: Path) -> None:
    """Ask, interrupt the reply, and hear the next one; the interrupted one is closed at once."""
    handler = replier(partial(work.replies_until_closed, str(log)), executor)
    async with Talk(handler) as talk:
        await talk.asks()
        await until(lambda: talk.transport.loud() > 0.5, PATIENCE)
        await talk.speaks(0.2)
        await until(lambda: work.notes(log), PATIENCE)
        (noted,) = work.notes(log)
        heard, interrupted = noted.split(",")
        assert float(heard) >= 0.5
        assert interrupted == "True"
        # The next one, and its worker.
        await talk.pauses()
        await until(lambda: talk.transport.queued_s > 0, PATIENCE)
        assert talk.session.ending is None
    await until(lambda: len(work.notes(log)) == 2, PATIENCE)
