"""The published members of stream handlers, and waiting for the other inputs."""

from __future__ import annotations

import asyncio
import copy
import threading
import time
import warnings

import pytest

from gradio_webrtc.errors import ConfigurationError, SessionClosedError
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler

pytestmark = pytest.mark.asyncio


class Silent(StreamHandler):
    def receive(self, frame):
        pass

    def emit(self):
        pass

    def copy(self):
        return Silent()


class AsyncSilent(AsyncStreamHandler):
    async def receive(self, frame):
        pass

    async def emit(self):
        pass

    def copy(self):
        return AsyncSilent()


def linked(handler, link):
    handler._webrtc.link = link
    return handler


@pytest.fixture(params=[Silent, AsyncSilent])
def kind(request):
    return request.param


async def test_published_defaults_and_arguments(kind):
    handler = kind()
    assert handler.expected_layout == "mono"
    assert handler.output_sample_rate == 24_000
    assert handler.input_sample_rate == 48_000
    assert handler.fps == 30
    assert handler.output_frame_size == 480
    handler = kind("stereo", 16_000, None, 8_000, 10)
    assert (handler.expected_layout, handler.output_sample_rate) == ("stereo", 16_000)
    assert (handler.input_sample_rate, handler.fps) == (8_000, 10)


async def test_output_frame_size_is_deprecated(kind):
    with pytest.warns(DeprecationWarning, match="output_frame_size") as seen:
        handler = kind(output_frame_size=960)
    assert handler.output_frame_size == 960
    assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind(output_frame_size=None)


@pytest.mark.parametrize(
    "arguments",
    [
        {"expected_layout": "5.1"},
        {"input_sample_rate": 0},
        {"output_sample_rate": "24k"},
        {"fps": -1},
    ],
)
async def test_values_that_cannot_work_are_named(kind, arguments):
    with pytest.raises(ConfigurationError, match=next(iter(arguments))):
        kind(**arguments)


async def test_receive_emit_and_copy_must_be_written():
    for base in (StreamHandler, AsyncStreamHandler):
        with pytest.raises(TypeError, match=r"copy.*emit.*receive"):
            base()


async def test_latest_args_begin_with_the_placeholder(kind):
    handler = kind()
    assert handler.latest_args == []
    assert not handler.args_set.is_set()
    handler.set_args([1, "two"])
    assert handler.latest_args == ["__webrtc_value__", 1, "two"]
    assert handler.args_set.is_set()
    before = handler.latest_args
    handler.set_args([3])
    assert before == ["__webrtc_value__", 1, "two"]
    handler.reset()
    assert not handler.args_set.is_set()


async def test_messages_and_the_queue_go_to_the_session(kind, link):
    handler = linked(kind(), link)
    await handler.send_message("one")
    handler.send_message_sync("two")
    handler.channel.send("three")
    handler.clear_queue()
    assert link.sent == ["one", "two", "three"]
    assert link.cleared == 1
    assert handler.loop is asyncio.get_running_loop()
    with pytest.raises(ConfigurationError, match=r"json\.dumps"):
        await handler.send_message({"type": "x"})


async def test_without_a_session_the_members_say_so(kind):
    handler = kind()
    handler.clear_queue()
    for use in (
        lambda: handler.loop,
        lambda: handler.send_message_sync("x"),
        handler.wait_for_args_sync,
        handler.seconds_played,
    ):
        with pytest.raises(SessionClosedError, match=kind.__name__):
            use()
    with pytest.raises(SessionClosedError):
        await handler.wait_for_args()


async def test_wait_for_args_asks_once_and_returns_when_they_come(kind, link):
    handler = linked(kind(), link)
    waiting = asyncio.ensure_future(handler.wait_for_args())
    await asyncio.sleep(0.01)
    assert link.requests == 1
    assert not waiting.done()
    handler.set_args([5])
    await asyncio.wait_for(waiting, 5)
    await handler.wait_for_args()
    assert link.requests == 1


async def test_wait_for_args_sync_blocks_its_thread_only(kind, link):
    handler = linked(kind(), link)
    waiting = asyncio.ensure_future(asyncio.to_thread(handler.wait_for_args_sync))
    deadline = time.monotonic() + 5
    while link.requests == 0:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)
    assert not waiting.done()
    handler.set_args([5])
    await asyncio.wait_for(waiting, 5)
    await _end_default_executor()


async def test_wait_for_args_sync_on_the_loop_is_refused(kind, link):
    handler = linked(kind(), link)
    with pytest.raises(ConfigurationError, match=r"await self\.wait_for_args"):
        handler.wait_for_args_sync()
    assert link.requests == 0


async def test_reset_makes_the_next_wait_ask_again(kind, link):
    handler = linked(kind(), link)
    handler.set_args([1])
    handler.reset()
    waiting = asyncio.ensure_future(handler.wait_for_args())
    await asyncio.sleep(0.01)
    assert link.requests == 1
    assert not waiting.done()
    handler.set_args([2])
    await asyncio.wait_for(waiting, 5)
    assert handler.latest_args[1] == 2


async def test_nobody_waits_in_a_telephone_call(kind, link):
    handler = linked(kind(), link)
    assert not handler.phone_mode
    handler.phone_mode = True
    await asyncio.wait_for(handler.wait_for_args(), 5)
    handler.wait_for_args_sync()
    assert link.requests == 0


async def test_the_end_of_the_session_ends_every_wait(kind, link):
    handler = linked(kind(), link)
    in_thread = asyncio.ensure_future(asyncio.to_thread(handler.wait_for_args_sync))
    on_loop = asyncio.ensure_future(handler.wait_for_args())
    await asyncio.sleep(0.02)
    handler.args_set.close()
    with pytest.raises(SessionClosedError):
        await asyncio.wait_for(in_thread, 5)
    await asyncio.wait({on_loop}, timeout=5)
    assert on_loop.cancelled()
    with pytest.raises(SessionClosedError):
        await handler.wait_for_args()
    await _end_default_executor()


async def test_args_are_read_whole_while_others_write_them(kind):
    handler = kind()
    handler.set_args([0, 0])
    stop = threading.Event()
    torn: list[object] = []

    def read() -> None:
        while not stop.is_set():
            _, a, b = handler.latest_args
            if a != b:
                torn.append((a, b))

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(2000):
        handler.set_args([n, n])
    stop.set()
    reader.join(5)
    assert torn == []


async def test_a_deep_copy_starts_without_the_values_of_the_original(kind):
    handler = kind()
    handler.set_args([1])
    twin = copy.deepcopy(handler)
    assert twin.latest_args == []
    twin.set_args([2])
    assert handler.latest_args[1] == 1


async def _end_default_executor() -> None:
    await asyncio.get_running_loop().shutdown_default_executor()
