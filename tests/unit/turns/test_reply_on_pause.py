"""Mistakes are told when the handler is made or wired, not when somebody has spoken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gradio_webrtc import AlgoOptions, ConfigurationError, ReplyOnPause, Stream
from gradio_webrtc.handlers.adapters.as_handler import check_arity, needs_args


def reply(audio: Any) -> Any:
    yield audio


def with_history(audio: Any, history: Any) -> Any:
    yield audio


def with_default(audio: Any, history: Any = None) -> Any:
    yield audio


untyped: Any = ReplyOnPause  # what it refuses at run time is refused by its types, too


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: untyped(None), "takes a function or generator function"),
        (lambda: untyped(reply(1)), "pass reply without calling it"),
        (lambda: untyped(reply, "hello"), r"startup_fn=\.\.\.\) takes a function"),
        (lambda: untyped(reply, algo_options={}), "algo_options must be AlgoOptions"),
        (lambda: untyped(reply, interruption=0.5), "interruption must be InterruptionOptions"),
        (lambda: untyped(reply, model=7), "model"),
        (lambda: untyped(reply, turn_threshold=2), "turn_threshold must be from 0 to 1"),
        (lambda: untyped(reply, turn_deadline_s=0), "turn_deadline_s must be above 0"),
        (lambda: untyped(reply, longest_pause_s=float("inf")), "longest_pause_s"),
        (lambda: untyped(reply, turn_detector=object()), "finished"),
        (lambda: untyped(reply, expected_layout="5.1"), "expected_layout"),
        (lambda: Stream(reply, modality="audio"), "Wrap a function in ReplyOnPause"),
    ],
)
def test_what_cannot_work(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        make()


@pytest.mark.parametrize(
    ("fn", "further", "options"),
    [
        (reply, 0, {}),
        (reply, 2, {}),  # as published: it gets none of them
        (with_history, 1, {}),
        (with_default, 0, {}),
        (with_default, 1, {}),
        (lambda *values: None, 3, {}),
        (print, 2, {}),
        (reply, 0, {"needs_args": True}),
    ],
)
def test_what_fits(fn: Any, further: int, options: Any) -> None:
    check_arity(ReplyOnPause(fn, **options), further)


@pytest.mark.parametrize(
    ("fn", "further", "options"),
    [
        (with_history, 0, {}),
        (with_history, 2, {}),
        (with_default, 2, {}),
        (lambda: None, 0, {}),
        (reply, 1, {"needs_args": True}),
    ],
)
def test_what_does_not(fn: Any, further: int, options: Any) -> None:
    with pytest.raises(ConfigurationError, match="what was said and"):
        check_arity(ReplyOnPause(fn, **options), further)


def test_whether_inputs_have_to_be_waited_for() -> None:
    assert not needs_args(ReplyOnPause(reply), "send-receive")
    assert needs_args(ReplyOnPause(with_history), "send-receive")
    assert not needs_args(ReplyOnPause(with_default), "send-receive")


def test_the_published_order_of_parameters() -> None:
    options = AlgoOptions()
    handler = ReplyOnPause(
        reply, reply, options, None, False, "stereo", 16_000, None, 8_000, None, True
    )
    assert handler.fn is reply
    assert handler.startup_fn is reply
    assert handler.algo_options is options
    assert not handler.can_interrupt
    assert handler.expected_layout == "stereo"
    assert handler.output_sample_rate == 16_000
    assert handler.input_sample_rate == 8_000
    assert handler.needs_args


def test_a_copy_shares_settings_and_nothing_else() -> None:
    class Mine(ReplyOnPause):
        def __init__(self, greeting: str) -> None:
            super().__init__(reply)
            self.greeting = greeting

    one = Mine("hello")
    two = one.copy()
    assert isinstance(two, Mine)
    assert two.greeting == "hello"
    assert two._webrtc is not one._webrtc
    assert two.fn is one.fn
