"""Stream handlers, sync and async, as a session drives them."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gc
import logging
import queue
import threading
import time
import weakref
from contextvars import ContextVar

import numpy as np
import pytest

from gradio_webrtc.errors import ConfigurationError, SessionClosedError
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.args import ArgsEvent
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from tests.support.emissions import emitted, value_of

pytestmark = pytest.mark.asyncio

who: ContextVar[str] = ContextVar("who", default="nobody")
CHUNK = (48_000, np.zeros((1, 960), np.int16))


class EchoHandler(StreamHandler):
    """The guide's own, word for word."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = queue.Queue()

    def receive(self, frame) -> None:
        self.queue.put(frame)

    def emit(self) -> None:
        return self.queue.get()

    def copy(self) -> StreamHandler:
        return EchoHandler()


class SimpleQueueEcho(EchoHandler):
    """Waits where only an item can wake it."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = queue.SimpleQueue()

    def copy(self):
        return SimpleQueueEcho()


class AsyncEchoHandler(AsyncStreamHandler):
    def __init__(self) -> None:
        super().__init__(input_sample_rate=24_000)
        self.queue = asyncio.Queue()

    async def receive(self, frame) -> None:
        await self.queue.put(frame)

    async def emit(self):
        return await self.queue.get()

    def copy(self):
        return AsyncEchoHandler()


class Recorder(StreamHandler):
    """Says what was called, where and in which context; shared with its copies."""

    def __init__(self, log=None) -> None:
        super().__init__()
        self.log = [] if log is None else log

    def note(self, what) -> None:
        self.log.append((what, threading.current_thread().name, who.get()))

    def copy(self):
        self.note("copy")
        return type(self)(self.log)

    def start_up(self):
        self.note("start_up")

    def receive(self, frame):
        self.note("receive")

    def emit(self):
        self.note("emit")
        return CHUNK

    def shutdown(self):
        self.note("shutdown")


class AsyncRecorder(AsyncStreamHandler):
    note = Recorder.note

    def __init__(self, log=None) -> None:
        super().__init__()
        self.log = [] if log is None else log

    def copy(self):
        self.note("copy")
        return type(self)(self.log)

    async def start_up(self):
        self.note("start_up")

    async def receive(self, frame):
        self.note("receive")

    async def emit(self):
        self.note("emit")
        return CHUNK

    async def shutdown(self):
        self.note("shutdown")


def audio(handler, mode="send-receive"):
    return as_handler(handler, mode=mode, modality="audio")()


@contextlib.asynccontextmanager
async def started(handler, link):
    running = audio(handler)
    try:
        await running.start(link)
        yield running
    finally:
        await running.aclose()


@pytest.mark.parametrize("kind", [EchoHandler, SimpleQueueEcho, AsyncEchoHandler])
async def test_the_published_echo_echoes_and_ends_while_it_waits(kind, link):
    async with started(kind(), link) as running:
        await running.receive_audio(CHUNK)
        assert (await asyncio.wait_for(emitted(running), 5))[1] is CHUNK[1]
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.02)
        assert not emitting.done()
        emitting.cancel()
        await asyncio.wait({emitting})
        started_at = time.perf_counter()
    assert time.perf_counter() - started_at < 2


@pytest.mark.parametrize("kind", [EchoHandler, SimpleQueueEcho, AsyncEchoHandler])
async def test_a_blocked_handler_leaves_no_thread_and_no_memory(kind, link):
    alive: list[weakref.ref] = []

    class Kept(kind):
        def copy(self):
            made = Kept()
            alive.append(weakref.ref(made))
            return made

    threads = set(threading.enumerate())
    async with started(Kept(), link) as running:
        await running.receive_audio(CHUNK)
        await running.emit("audio")
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.02)
        emitting.cancel()
        await asyncio.wait({emitting})
    del emitting
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - threads:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)
    gc.collect()
    assert [ref() for ref in alive] == [None]


async def test_closed_under_a_blocked_emit_the_caller_is_told(link):
    async with started(EchoHandler(), link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.02)
    with pytest.raises(SessionClosedError):
        await asyncio.wait_for(emitting, 5)


async def test_twenty_blocked_echoes_do_not_delay_an_async_one(link):
    blocked = [audio(EchoHandler()) for _ in range(20)]
    await asyncio.gather(*(running.start(link) for running in blocked))
    emits = [asyncio.ensure_future(running.emit("audio")) for running in blocked]
    await asyncio.sleep(0.05)
    async with started(AsyncEchoHandler(), link) as free:
        worst = 0.0
        for _ in range(50):
            begin = time.perf_counter()
            await free.receive_audio(CHUNK)
            await asyncio.wait_for(free.emit("audio"), 5)
            worst = max(worst, time.perf_counter() - begin)
    assert worst < 0.25
    assert not any(emitting.done() for emitting in emits)
    for emitting in emits:
        emitting.cancel()
    await asyncio.gather(*emits, return_exceptions=True)
    await asyncio.gather(*(running.aclose() for running in blocked))


async def test_a_queue_shared_between_copies_gets_nothing_made_up(link):
    class Shared(SimpleQueueEcho):
        def copy(self):
            twin = Shared()
            twin.queue = self.queue
            return twin

    prototype = Shared()
    async with started(prototype, link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.02)
        emitting.cancel()
        await asyncio.wait({emitting})
        closing = asyncio.ensure_future(running.aclose())
        await asyncio.sleep(0.4)
        assert not closing.done()
        assert prototype.queue.empty()
        prototype.queue.put("for whoever waits")
        await closing


@pytest.mark.parametrize("kind", [Recorder, AsyncRecorder])
async def test_each_method_runs_in_its_place_and_in_the_callers_context(kind, link):
    who.set("dave")
    prototype = kind()
    async with started(prototype, link) as running:
        await running.receive_audio(CHUNK)
        await running.emit("audio")
        await running.aclose()
    assert [entry[0] for entry in prototype.log] == [
        "copy",
        "start_up",
        "receive",
        "emit",
        "shutdown",
    ]
    assert {entry[2] for entry in prototype.log} == {"dave"}
    main = threading.main_thread().name
    on_loop = {entry[0] for entry in prototype.log if entry[1] == main}
    assert on_loop == (set() if kind is Recorder else {"start_up", "receive", "emit", "shutdown"})
    if kind is Recorder:
        threads = {what: thread for what, thread, _ in prototype.log}
        assert len({threads["receive"], threads["emit"], threads["start_up"]}) == 3


async def test_shutdown_may_be_sync_or_async_on_either_class(link):
    class SyncWithAsyncEnd(Recorder):
        async def shutdown(self):
            await asyncio.sleep(0)
            self.note("shutdown")

    class AsyncWithSyncEnd(AsyncRecorder):
        def shutdown(self):
            self.note("shutdown")

    for kind, on_loop in ((SyncWithAsyncEnd, True), (AsyncWithSyncEnd, False)):
        prototype = kind()
        async with started(prototype, link):
            pass
        *_, (what, thread, _) = prototype.log
        assert what == "shutdown"
        assert (thread == threading.main_thread().name) is on_loop


async def test_a_fresh_copy_serves_each_connection(link):
    made: list[AsyncStreamHandler] = []

    class Counted(AsyncEchoHandler):
        def copy(self):
            made.append(Counted())
            return made[-1]

    prototype = Counted()
    factory = as_handler(prototype, mode="send-receive", modality="audio")
    first, second = factory(), factory()
    await first.start(link)
    await second.start(link)
    assert len({id(handler) for handler in [prototype, *made]}) == 3
    assert prototype.queue is not made[0].queue
    first.set_args([1])
    assert made[0].latest_args == ["__webrtc_value__", 1]
    assert made[1].latest_args == []
    assert (first.user_code, second.user_code) == tuple(made)
    await first.aclose()
    assert (first.user_code, second.user_code) == (None, made[1])
    await second.aclose()


async def test_the_format_is_the_copys_own(link):
    class Configured(EchoHandler):
        def copy(self):
            made = Configured()
            made.input_sample_rate, made.expected_layout = 16_000, "stereo"
            return made

    running = audio(Configured())
    assert (running.audio_format.sample_rate, running.audio_format.layout) == (48_000, "mono")
    await running.start(link)
    assert (running.audio_format.sample_rate, running.audio_format.layout) == (16_000, "stereo")
    await running.aclose()


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda self: None, "None"),
        (lambda self: self, "itself"),
        (lambda self: "me", "a str"),
        (lambda self: _forgetful(type(self)), r"super\(\).__init__"),
    ],
)
async def test_a_copy_that_cannot_serve_is_refused(returned, words, link):
    class Odd(EchoHandler):
        def copy(self):
            return returned(self)

    running = audio(Odd())
    with pytest.raises(ConfigurationError, match=f"Odd.*{words}"):
        await running.start(link)
    await running.aclose()


async def test_a_copy_may_be_of_another_class_as_after_a_reload(link):
    class Reloaded(EchoHandler):
        def copy(self):
            return EchoHandler()

    running = audio(Reloaded())
    await running.start(link)
    await running.receive_audio(CHUNK)
    assert (await emitted(running))[1] is CHUNK[1]
    await running.aclose()


def _forgetful(kind):
    return kind.__new__(kind)


async def test_a_shallow_copy_shares_no_values_with_the_original(link):
    class Shallow(EchoHandler):
        def copy(self):
            return copy.copy(self)

    prototype = Shallow()
    async with started(prototype, link) as running:
        running.set_args([1])
        assert prototype.latest_args == []
        with pytest.raises(SessionClosedError):
            prototype.send_message_sync("no session")


async def test_exceptions_of_user_code_propagate(link):
    class Broken(EchoHandler):
        def copy(self):
            return Broken()

        def receive(self, frame):
            raise ValueError("in receive")

        def emit(self):
            raise KeyError("in emit")

    class AsyncBroken(AsyncEchoHandler):
        def copy(self):
            return AsyncBroken()

        async def receive(self, frame):
            raise ValueError("in receive")

        async def emit(self):
            raise KeyError("in emit")

    for kind in (Broken, AsyncBroken):
        async with started(kind(), link) as running:
            with pytest.raises(ValueError, match="in receive"):
                await running.receive_audio(CHUNK)
            with pytest.raises(KeyError, match="in emit"):
                await running.emit("audio")


@pytest.mark.parametrize("base", [EchoHandler, AsyncEchoHandler])
async def test_an_early_start_up_error_comes_out_of_start(base, link):
    running = audio(_failing_start_up(base, ArgsEvent(), wait=False))
    with pytest.raises(ConnectionError, match="no such server"):
        await running.start(link)
    await running.aclose()


@pytest.mark.parametrize("base", [EchoHandler, AsyncEchoHandler])
async def test_a_late_start_up_error_ends_an_emit_that_waits(base, link):
    go = ArgsEvent()
    async with started(_failing_start_up(base, go), link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.02)
        assert not emitting.done()
        go.set()
        with pytest.raises(ConnectionError, match="no such server"):
            await asyncio.wait_for(emitting, 5)


@pytest.mark.parametrize("base", [EchoHandler, AsyncEchoHandler])
async def test_a_start_up_error_nobody_saw_is_logged(base, link, caplog, until_async):
    go = ArgsEvent()
    async with started(_failing_start_up(base, go), link) as running:
        go.set()
        await until_async(lambda: running._start_up.done())
    assert "no such server" in caplog.text


def _failing_start_up(base, go, *, wait=True):
    if base is EchoHandler:

        class Failing(base):
            def copy(self):
                return Failing()

            def start_up(self):
                if wait:
                    go.wait_sync()
                raise ConnectionError("no such server")
    else:

        class Failing(base):
            def copy(self):
                return Failing()

            async def start_up(self):
                if wait:
                    await go.wait()
                raise ConnectionError("no such server")

    return Failing()


@pytest.mark.parametrize("base", [EchoHandler, AsyncEchoHandler])
async def test_start_up_may_last_as_long_as_the_session(base, link):
    """Media flows meanwhile; at the end it is told by shutdown, or cancelled, or freed."""
    log: list[str] = []
    if base is EchoHandler:

        class Connector(base):
            def copy(self):
                return Connector()

            def start_up(self):
                try:
                    queue.Queue().get()
                finally:
                    log.append("start_up ended")
    else:

        class Connector(base):
            def copy(self):
                return Connector()

            async def start_up(self):
                try:
                    await asyncio.Event().wait()
                finally:
                    log.append("start_up ended")

    async with started(Connector(), link) as running:
        for _ in range(3):
            await running.receive_audio(CHUNK)
            assert (await asyncio.wait_for(emitted(running), 5))[1] is CHUNK[1]
        assert log == []
    assert log == ["start_up ended"]


async def test_cancelling_emit_beside_a_running_start_up_cancels_the_users_emit(link):
    log: list[str] = []

    class Connector(AsyncEchoHandler):
        def copy(self):
            return Connector()

        async def start_up(self):
            await asyncio.Event().wait()

        async def emit(self):
            try:
                await asyncio.Event().wait()
            finally:
                log.append("emit ended")

    async with started(Connector(), link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.02)
        emitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await emitting
        assert log == ["emit ended"]


@pytest.mark.parametrize("base", [StreamHandler, AsyncStreamHandler])
async def test_an_emit_of_none_does_not_spin(base, link):
    calls: list[float] = []

    class Quiet(base):
        def copy(self):
            return Quiet()

        if base is StreamHandler:

            def receive(self, frame):
                pass

            def emit(self):
                calls.append(time.perf_counter())
        else:

            async def receive(self, frame):
                pass

            async def emit(self):
                calls.append(time.perf_counter())

    async with started(Quiet(), link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.5)
        idle = len(calls)
        emitting.cancel()
        await asyncio.wait({emitting})
    assert 3 <= idle <= 27


async def test_emit_is_asked_again_as_soon_as_something_was_received(link, monkeypatch):
    monkeypatch.setattr("gradio_webrtc.handlers.adapters.stream_handler.IDLE_EMIT_S", 60.0)

    class Polite(EchoHandler):
        def copy(self):
            return Polite()

        def emit(self):
            with contextlib.suppress(queue.Empty):
                return self.queue.get_nowait()

    async with started(Polite(), link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.05)
        await running.receive_audio(CHUNK)
        assert value_of(await asyncio.wait_for(emitting, 5))[1] is CHUNK[1]


async def test_args_reach_the_handler_early_late_and_overridden(link, until_async):
    kept: list[tuple[object, bool]] = []

    class Keeper(EchoHandler):
        def copy(self):
            return Keeper()

        def set_args(self, args):
            super().set_args(args)
            kept.append((list(args), threading.current_thread() is threading.main_thread()))

    running = audio(Keeper())
    running.set_args([1])
    await running.start(link)
    running.set_args([2])
    await until_async(lambda: len(kept) == 2)
    assert kept == [([1], False), ([2], False)]
    await running.aclose()


async def test_wait_for_args_in_receive_ends_with_the_session(link):
    class Waiter(EchoHandler):
        def copy(self):
            return Waiter()

        def receive(self, frame):
            self.wait_for_args_sync()

    class AsyncWaiter(AsyncEchoHandler):
        def copy(self):
            return AsyncWaiter()

        async def receive(self, frame):
            await self.wait_for_args()

    for kind in (Waiter, AsyncWaiter):
        async with started(kind(), link) as running:
            receiving = asyncio.ensure_future(running.receive_audio(CHUNK))
            await asyncio.sleep(0.02)
            assert not receiving.done()
        await asyncio.wait({receiving}, timeout=5)
        assert receiving.cancelled() or isinstance(receiving.exception(), SessionClosedError)


async def test_phone_mode_comes_from_the_session(link):
    seen: list[bool] = []

    class Phone(EchoHandler):
        def copy(self):
            return Phone()

        def start_up(self):
            seen.append(self.phone_mode)

    link.phone_mode = True
    async with started(Phone(), link):
        pass
    assert seen == [True]


class Keypad(EchoHandler):
    def __init__(self, pressed) -> None:
        super().__init__()
        self.pressed = pressed

    def copy(self):
        return Keypad(self.pressed)

    def on_dtmf(self, digit):
        self.pressed.append((digit, threading.current_thread().name))


class AsyncKeypad(AsyncEchoHandler):
    def __init__(self, pressed) -> None:
        super().__init__()
        self.pressed = pressed

    def copy(self):
        return AsyncKeypad(self.pressed)

    async def on_dtmf(self, digit):
        await asyncio.sleep(0)
        self.pressed.append((digit, threading.current_thread().name))


@pytest.mark.parametrize("kind", [Keypad, AsyncKeypad])
async def test_a_key_of_the_telephone_reaches_user_code_where_it_runs(kind, link):
    pressed: list[tuple[str, str]] = []
    async with started(kind(pressed), link) as running:
        for digit in "5#":
            await running.press(digit)
    assert [digit for digit, _ in pressed] == ["5", "#"]
    on_loop = threading.current_thread().name
    assert all((thread == on_loop) == (kind is AsyncKeypad) for _, thread in pressed)


async def test_a_key_wakes_an_emit_that_had_nothing_to_say(link):
    class Menu(StreamHandler):
        def __init__(self) -> None:
            super().__init__()
            self.chosen = None

        def copy(self):
            return Menu()

        def receive(self, frame):
            pass

        def emit(self):
            return None if self.chosen is None else (8_000, np.zeros(160, np.int16))

        def on_dtmf(self, digit):
            self.chosen = digit

    async with started(Menu(), link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await asyncio.sleep(0.05)
        assert not emitting.done()
        await running.press("1")
        assert (await asyncio.wait_for(emitting, 5)).audio is not None


async def test_a_handler_without_on_dtmf_starts_no_thread_for_a_key(link):
    async with started(EchoHandler(), link) as running:
        await running.press("1")
        assert not running._workers["on_dtmf"].started


async def test_shutdown_runs_once_and_its_errors_are_logged(link, caplog):
    class Careless(Recorder):
        def shutdown(self):
            super().shutdown()
            raise OSError("cannot tidy up")

    prototype = Careless()
    async with started(prototype, link) as running:
        await asyncio.gather(running.aclose(), running.aclose())
    assert [entry[0] for entry in prototype.log].count("shutdown") == 1
    assert "cannot tidy up" in caplog.text


@pytest.mark.parametrize("base", [EchoHandler, AsyncEchoHandler])
async def test_a_shutdown_that_hangs_does_not_hang_the_session(base, link, caplog, monkeypatch):
    monkeypatch.setattr("gradio_webrtc.handlers.adapters.stream_handler.SHUTDOWN_LIMIT_S", 0.05)

    class Hanging(base):
        def copy(self):
            return Hanging()

        if base is EchoHandler:

            def shutdown(self):
                threading.Event().wait()
        else:

            async def shutdown(self):
                await asyncio.Event().wait()

    with caplog.at_level(logging.WARNING):
        async with started(Hanging(), link):
            pass
    assert "Hanging.shutdown" in caplog.text


async def test_never_started_or_already_closed_it_refuses_quietly(link):
    running = audio(EchoHandler())
    await running.aclose()
    with pytest.raises(SessionClosedError):
        await running.start(link)
    with pytest.raises(SessionClosedError):
        await running.receive_audio(CHUNK)
    with pytest.raises(SessionClosedError):
        await running.emit("audio")
