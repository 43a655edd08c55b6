"""What a reply function can be called with, found out before anybody speaks."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.turns.replies.reply_function import ReplyFunction


def plain(audio: Any) -> Any:
    return audio


def with_history(audio: Any, history: Any) -> Any:
    return audio


def with_default(audio: Any, history: Any = None) -> Any:
    return audio


class Callee:
    def __call__(self, audio: Any, *rest: Any) -> Any:
        return audio


async def stream(audio: Any) -> AsyncIterator[Any]:
    yield audio


@pytest.mark.parametrize(
    ("fn", "takes"),
    [
        (plain, False),
        (stream, False),
        (with_history, True),
        (with_default, True),
        (Callee(), True),
        (functools.partial(with_history, history=1), False),
        (lambda audio, *, history=None: audio, False),
        (lambda: None, False),
        (max, False),  # built in: it does not tell
    ],
)
def test_whether_it_takes_further_inputs(fn: Callable[..., Any], takes: bool) -> None:
    assert ReplyFunction(fn).takes_inputs is takes


def test_how_many_values_it_accepts() -> None:
    assert [ReplyFunction(with_default).accepts(count) for count in range(4)] == [
        False,
        True,
        True,
        False,
    ]
    assert all(ReplyFunction(max).accepts(count) for count in range(4))


def test_a_mismatch_says_what_it_would_be_called_with() -> None:
    ReplyFunction(with_history).check(1, needs_args=False)
    ReplyFunction(plain).check(3, needs_args=False)  # as published: it gets none of them
    with pytest.raises(
        ConfigurationError,
        match=r"^with_history\(.*\).* of ReplyOnPause is called with 3 values: .* and 2 from",
    ):
        ReplyFunction(with_history).check(2, needs_args=False)
    with pytest.raises(ConfigurationError, match=r"called with 2 values"):
        ReplyFunction(plain).check(1, needs_args=True)


def test_a_greeting_gets_the_inputs_if_it_can() -> None:
    assert ReplyFunction(plain).fitting([1]) == [1]
    assert ReplyFunction(lambda: None).fitting([1]) == ()
    assert ReplyFunction(with_history).fitting([1]) == [1]  # refused when it is called


def test_it_is_called_by_its_name() -> None:
    assert ReplyFunction(plain).name == "plain"
    assert ReplyFunction(Callee()).name == "Callee"


def generator() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("fn", "told"),
    [
        (None, r"Mine\(startup_fn=\.\.\.\) takes a function"),
        ("hello", r"not 'hello'"),
        (generator(), "the generator generator.* itself: pass generator without calling it"),
        (stream(1), "the generator stream.* itself"),
    ],
)
def test_what_is_no_function_is_refused_by_its_parameter(fn: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        ReplyFunction(fn, "startup_fn", "Mine")
