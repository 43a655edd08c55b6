"""Conversations whose functions run on a process pool: interrupted ones, and a dead worker."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc import InterruptionOptions
from gradio_webrtc.handlers.executors.options import ExecutorChoice
from gradio_webrtc.session.state import CloseReason
from tests.support import executor_work as work
from tests.support.scripted_conversation import ScriptedReply, Talk
from tests.support.sessions import until

AT_ONCE = InterruptionOptions(resume=False)


def replier(fn: Callable[..., Any], executor: ExecutorChoice) -> ScriptedReply:
    return ScriptedReply(fn, interruption=AT_ONCE, executor=executor)


async def test_an_interrupted_reply_is_closed_on_its_worker(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    handler = replier(partial(work.replies_until_closed, str(log)), pool)
    async with Talk(handler) as talk:
        await talk.asks()
        await until(lambda: talk.transport.loud() > 0.5)
        await talk.speaks(0.2)
        await until(lambda: work.notes(log))
        (noted,) = work.notes(log)
        heard, interrupted = noted.split(",")
        assert float(heard) >= 0.5
        assert interrupted == "True"
        # The next one, and its worker.
        await talk.pauses()
        await until(lambda: talk.transport.queued_s > 0)
        assert talk.session.ending is None
    await until(lambda: len(work.notes(log)) == 2)


async def test_a_dead_worker_ends_its_session_and_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made: list[ProcessPoolExecutor] = []

    def make() -> ProcessPoolExecutor:
        made.append(work.two_processes())
        return made[-1]

    async with Talk(replier(work.dies_when_asked, make)) as talk:
        await talk.asks(7)
        await until(lambda: talk.session.ending is not None)
        assert talk.session.ending is not None
        assert talk.session.ending.reason is CloseReason.HANDLER_ERROR
    assert "BrokenExecutorError: The worker that ran dies_when_asked ended" in caplog.text
    async with Talk(replier(work.dies_when_asked, make)) as talk:
        await talk.asks(1)
        await until(lambda: talk.transport.loud() > 0)
        assert talk.session.ending is None
    for each in made:
        each.shutdown()
