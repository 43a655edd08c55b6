"""A handler that returns at once with nothing to play, beside somebody else's conversation."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, AsyncStreamHandler, Stream, StreamHandler
from tests.support.echo_handlers import AsyncEchoHandler
from tests.support.recognisable_tracks import SineTrack, purity
from tests.support.serving import Served
from tests.support.sessions import until

MOST = 20_000
"""Calls after which a handler gives up, so that a test of a server that stands still ends."""


class EagerAsync(AsyncStreamHandler):
    """Says something, and nothing else, whenever it is asked."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
        self.calls = 0

    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> Any:
        self.calls += 1
        if self.calls > MOST:
            await asyncio.Event().wait()
        return self.value

    def copy(self) -> AsyncStreamHandler:
        raise NotImplementedError


class Eager(StreamHandler):
    """The same in plain Python."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
        self.calls = 0

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> Any:
        self.calls += 1
        return self.value

    def copy(self) -> StreamHandler:
        raise NotImplementedError


class Chooser(AsyncEchoHandler):
    """The first connection gets an echo, the second one ``eager``."""

    def __init__(self, eager: Any) -> None:
        super().__init__()
        self.eager = eager
        self.copies = 0

    def copy(self) -> Any:
        self.copies += 1
        return AsyncEchoHandler() if self.copies == 1 else self.eager


@pytest.mark.parametrize("kind", [EagerAsync, Eager])
@pytest.mark.parametrize(
    "value",
    [AdditionalOutputs(1), (48_000, np.zeros((1, 0), np.int16))],
    ids=["outputs", "empty chunk"],
)
async def test_somebody_elses_echo_goes_on_and_the_line_is_not_flooded(
    kind: type[Any], value: Any
) -> None:
    eager = kind(value)
    stream = Stream(Chooser(eager), modality="audio", concurrency_limit=None)
    async with Served(stream) as server:
        echo = await server.connected(SineTrack(440, 8000))
        await until(lambda: echo.heard > 0.2)
        client = await server.connected(SineTrack())
        await until(lambda: eager.calls)
        calls, messages = eager.calls, len(client.messages)
        heard, began = echo.heard, time.monotonic()
        await until(lambda: echo.heard > heard + 1.5)
        passed = time.monotonic() - began
        # Outputs need no rest where a call takes 4 ms, which on a busy machine is its thread's.
        most = 260 if isinstance(value, AdditionalOutputs) else 80
        assert eager.calls - calls < most * passed + 60
        assert len(client.messages) - messages < 60 * passed + 30
        assert purity(echo.sound(1.0), 440) > 0.9
