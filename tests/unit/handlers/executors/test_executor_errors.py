"""What people are told when an executor fails: what happened, and what to do."""

from __future__ import annotations

from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool

import pytest

from gradio_webrtc.error_words import words_for
from gradio_webrtc.errors import GradioWebRTCError
from gradio_webrtc.handlers.executors.executor_errors import (
    BrokenExecutorError,
    ExecutorError,
    NotPicklableError,
    WorkerTraceback,
    executor_failed,
    not_picklable,
)


def test_an_error_of_an_executor_says_what_to_do() -> None:
    broken = executor_failed("reply", BrokenProcessPool("terminated abruptly"), renewed=False)
    assert isinstance(broken, BrokenExecutorError)
    assert "reply" in str(broken)
    assert "IsolatedProcessPool(2)" in str(broken)
    assert 'mp_context=multiprocessing.get_context("spawn")' in str(broken)
    renewed = executor_failed("reply", BrokenProcessPool(), renewed=True)
    assert "next call runs on another worker" in str(renewed)
    assert "BrokenProcessPool" in str(renewed)
    # One worker of a cluster is no broken executor.
    assert "another worker" in str(executor_failed("reply", ValueError("killed"), renewed=False))
    closed = RuntimeError("cannot schedule new futures after shutdown")
    assert "was shut down" in str(executor_failed("reply", closed, renewed=False))
    assert "let go of" in str(executor_failed("reply", CancelledError(), renewed=False))
    known = NotPicklableError("already said")
    assert executor_failed("reply", known, renewed=False) is known


def test_what_cannot_be_pickled_is_named_with_a_remedy() -> None:
    error = TypeError("cannot pickle '_thread.lock' object")
    assert "no lambda" in str(not_picklable("reply", "itself", error))
    arguments = not_picklable("reply", "its arguments", error)
    assert "its arguments cannot be sent" in str(arguments)
    assert "_thread.lock" in str(arguments)


@pytest.mark.parametrize("kind", [ExecutorError, BrokenExecutorError, NotPicklableError])
def test_a_page_gets_an_id_and_the_log_the_words(kind: type[ExecutorError]) -> None:
    assert issubclass(kind, GradioWebRTCError)
    assert "the secret" not in words_for(kind("the secret"), "0a0a0a0a")
    assert str(WorkerTraceback("line 7")).endswith("line 7")
