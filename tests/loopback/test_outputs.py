"""Additional outputs, toasts and endings for clients that are no Gradio page."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    CloseStream,
    ConfigurationError,
    ConnectionClosedError,
    Stream,
    StreamHandler,
    UnknownConnectionError,
    get_current_context,
    show_info,
    show_warning,
)
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until

COUNT = 5


def counting() -> Any:
    """Return a video function that says 0 to 4 beside its pictures, then ends the stream."""
    said = iter(range(COUNT))

    def count(image: Any) -> Any:
        number = next(said, None)
        return CloseStream("Over.") if number is None else (image, AdditionalOutputs(number))

    return count


async def test_a_stream_of_outputs_ends_with_the_session() -> None:
    async with Served(Stream(counting())) as served:
        client = await served.connected(NumberedTrack())
        stream = served.stream.output_stream(client.webrtc_id)
        assert [outputs.args[0] async for outputs in stream] == list(range(COUNT))
        # The end is known to the client, too.
        await until(lambda: client.closed)


async def test_outputs_are_fetched_one_by_one_also_after_the_end() -> None:
    async with Served(Stream(counting())) as served:
        client = await served.connected(NumberedTrack())
        first = await served.stream.fetch_latest_output(client.webrtc_id)
        await until(lambda: client.closed)
        rest = [await served.stream.fetch_latest_output(client.webrtc_id) for _ in range(COUNT - 1)]
        assert [outputs.args[0] for outputs in (first, *rest)] == list(range(COUNT))
        with pytest.raises(ConnectionClosedError, match="closed"):
            await served.stream.fetch_latest_output(client.webrtc_id)


async def test_a_reader_may_come_before_its_client_and_not_for_a_stranger() -> None:
    async with Served(Stream(counting())) as served:
        early = asyncio.ensure_future(served.stream.fetch_latest_output("early-bird"))
        await asyncio.sleep(0)
        await served.connected(NumberedTrack(), webrtc_id="early-bird")
        assert (await early).args == (0,)
        with pytest.raises(UnknownConnectionError):
            await served.stream.fetch_latest_output("nobody")


async def test_toasts_messages_and_the_context_of_a_plain_function() -> None:
    ids: set[str] = set()

    def talk(image: Any) -> Any:
        context = get_current_context()
        if not ids:
            show_warning("Slow.")
            show_info("Saved.")
            context.send_message('{"type": "mine", "data": "as it is"}')
        ids.add(context.webrtc_id)
        return image

    async with Served(Stream(talk)) as served:
        client = await served.connected(NumberedTrack())
        for kind, words in (("warning", "Slow."), ("info", "Saved."), ("mine", "as it is")):
            assert (await client.message(kind))["data"] == words
        assert ids == {client.webrtc_id}


async def test_any_thread_closes_a_stream_with_a_reason() -> None:
    async with Served(Stream(lambda image: image)) as served:
        client = await served.connected(NumberedTrack())
        close = served.stream.close_stream
        thread = threading.Thread(target=close, args=(client.webrtc_id, "Until tomorrow."))
        thread.start()
        thread.join()
        await until(lambda: client.closed)
        goodbye = await client.message("end_stream")
        assert (goodbye["reason"], goodbye["data"]) == ("app_closed", "Until tomorrow.")
        close(client.webrtc_id)
        close("nobody")


async def test_set_input_says_when_the_function_cannot_take_the_values() -> None:
    def blend(image: Any, strength: float, colour: str = "red") -> Any:
        return image, AdditionalOutputs(strength, colour)

    async with Served(Stream(blend)) as served:
        client = await served.connected(NumberedTrack())
        for wrong in ((), (1, "red", 3)):
            with pytest.raises(ConfigurationError, match="does not fit"):
                served.stream.set_input(client.webrtc_id, *wrong)
        served.stream.set_input(client.webrtc_id, 0.5)
        assert (await served.stream.fetch_latest_output(client.webrtc_id)).args == (0.5, "red")


class Noted:
    """Notes which session each callback runs for."""

    def __init__(self) -> None:
        self.ids: dict[str, set[str]] = {}

    def note(self, what: str) -> None:
        self.ids.setdefault(what, set()).add(get_current_context().webrtc_id)


CALLBACKS = {"copy", "start_up", "receive", "emit", "set_args", "shutdown"}


def sync_handler(noted: Noted) -> StreamHandler:
    class Handler(StreamHandler):
        def copy(self) -> Handler:
            noted.note("copy")
            return Handler()

        def start_up(self) -> None:
            noted.note("start_up")

        def receive(self, frame: Any) -> None:
            noted.note("receive")

        def emit(self) -> None:
            noted.note("emit")

        def set_args(self, args: Any) -> None:
            noted.note("set_args")

        def shutdown(self) -> None:
            noted.note("shutdown")

    return Handler()


def async_handler(noted: Noted) -> AsyncStreamHandler:
    class Handler(AsyncStreamHandler):
        def copy(self) -> Handler:
            noted.note("copy")
            return Handler()

        async def start_up(self) -> None:
            noted.note("start_up")

        async def receive(self, frame: Any) -> None:
            noted.note("receive")

        async def emit(self) -> None:
            noted.note("emit")

        def set_args(self, args: Any) -> None:
            noted.note("set_args")

        async def shutdown(self) -> None:
            noted.note("shutdown")

    return Handler()


@pytest.mark.parametrize("make", [sync_handler, async_handler])
async def test_each_callback_of_a_handler_knows_its_session(make: Any) -> None:
    noted = Noted()
    stream = Stream(make(noted), modality="audio", concurrency_limit=None)
    async with Served(stream) as served:
        clients = [await served.connected(SineTrack()) for _ in range(2)]
        for client in clients:
            stream.set_input(client.webrtc_id, 1)
        both = {client.webrtc_id for client in clients}
        await until(lambda: all(noted.ids.get(what) == both for what in CALLBACKS - {"shutdown"}))
        for client in clients:
            stream.close_stream(client.webrtc_id)
        await served.empty()
    assert noted.ids == dict.fromkeys(CALLBACKS, both)


def video_functions(noted: Noted) -> dict[str, Any]:
    def function(image: Any) -> Any:
        noted.note("step")
        return image

    async def coroutine(image: Any) -> Any:
        noted.note("step")
        return image

    def generator(image: Any) -> Any:
        try:
            while True:
                noted.note("step")
                yield image
                time.sleep(0.02)
        finally:
            noted.note("finally")

    async def async_generator(image: Any) -> Any:
        try:
            while True:
                noted.note("step")
                yield image
                await asyncio.sleep(0.02)
        finally:
            noted.note("finally")

    return {each.__name__: each for each in (function, coroutine, generator, async_generator)}


@pytest.mark.parametrize("kind", video_functions(Noted()))
async def test_each_step_of_a_video_function_knows_its_session(kind: str) -> None:
    noted = Noted()
    async with Served(Stream(video_functions(noted)[kind])) as served:
        client = await served.connected(NumberedTrack())
        await until(lambda: len(client.pictures) > 2)
        served.stream.close_stream(client.webrtc_id)
        await served.empty()
        steps = {"step", "finally"} if "generator" in kind else {"step"}
        assert noted.ids == {step: {client.webrtc_id} for step in steps}
