"""What ``copy`` of a stream handler may return."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.adapters.handler_copy import check_handler, checked_copy
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from tests.support.echo_handlers import EchoHandler

KINDS = (StreamHandler, AsyncStreamHandler)


def test_a_new_handler_serves_the_connection() -> None:
    prototype = EchoHandler()
    made = prototype.copy()
    assert checked_copy(made, prototype, KINDS) is made


def test_a_shallow_copy_gets_a_session_of_its_own() -> None:
    prototype = EchoHandler()
    made = checked_copy(copy.copy(prototype), prototype, KINDS)
    assert made._webrtc is not prototype._webrtc


@pytest.mark.parametrize(
    ("made", "words"),
    [(None, "not None"), ("text", "not a str"), (object(), "not a object")],
)
def test_anything_else_is_refused(made: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        checked_copy(made, EchoHandler(), KINDS)


def test_the_handler_itself_is_refused() -> None:
    prototype = EchoHandler()
    with pytest.raises(ConfigurationError, match="share one handler"):
        checked_copy(prototype, prototype, KINDS)


def test_a_handler_whose_base_was_not_initialised_is_refused() -> None:
    class Careless(EchoHandler):
        def __init__(self) -> None:
            pass

    with pytest.raises(ConfigurationError, match=r"super\(\).__init__"):
        check_handler(Careless())
