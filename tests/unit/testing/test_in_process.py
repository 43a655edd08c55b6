from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gradio_webrtc import AsyncStreamHandler, Stream
from gradio_webrtc.errors import ConcurrencyLimitReachedError, UnsupportedModalityError
from gradio_webrtc.testing.in_process import call_in_process
from gradio_webrtc.testing.virtual_clock import run_virtually
from tests.support.echo_handlers import AsyncEchoHandler


class Stereo(AsyncStreamHandler):
    async def receive(self, frame) -> None:
        self.seen = frame

    async def emit(self):
        return 24_000, np.full((2, 24_000), 4_000, np.int16)

    def copy(self):
        return Stereo()


def test_what_is_emitted_is_heard_at_its_real_pace():
    async def listen() -> None:
        async with call_in_process(Stereo()) as (call, _):
            await asyncio.sleep(10.0)
            heard = sum(piece.duration for piece in call.audio.kept)
            assert heard == pytest.approx(10.0, abs=0.1)
            assert call.audio.kept[-1].samples.shape == (2, 960)

    run_virtually(listen())


def test_a_call_counts_as_any_other_and_leaves_its_place():
    stream = Stream(AsyncEchoHandler(), modality="audio", concurrency_limit=1)

    async def call_twice() -> None:
        async with call_in_process(stream) as (call, _):
            assert list(stream.connections) == [call.webrtc_id]
            with pytest.raises(ConcurrencyLimitReachedError):
                async with call_in_process(stream):
                    pass
        assert not stream.connections
        assert call.ending is not None
        assert call.ending.reason == "client_closed"
        with pytest.raises(UnsupportedModalityError):
            async with call_in_process(Stream(lambda image: image, modality="video")):
                pass

    run_virtually(call_twice())
