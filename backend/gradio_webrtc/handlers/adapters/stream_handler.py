"""A ``StreamHandler`` or ``AsyncStreamHandler`` as a session drives it."""

from __future__ import annotations

import asyncio
import functools
import logging
import queue
from collections.abc import Sequence
from contextvars import copy_context
from typing import Any

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.adapters.decoding import DecodingHandler
from gradio_webrtc.handlers.adapters.handler_copy import UserHandler, checked_copy
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emission_parser import EmissionParser
from gradio_webrtc.handlers.emit_pace import REST_S
from gradio_webrtc.handlers.invoke import call, start_task
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    Link,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
)

logger = logging.getLogger(__name__)

IDLE_EMIT_S = REST_S
"""After ``emit`` returned None it is called again when ``receive`` has taken something, or after
this long, so what a background thread prepares is late by a frame at most. Published handlers
return None at once, and calling them without a pause would use up a core."""

HEAD_START_S = 0.05
"""How long ``start`` waits for ``start_up``: one that only prepares things is then over before the
first ``receive`` or ``emit`` needs them, one that serves a connection goes on beside them."""

SHUTDOWN_LIMIT_S = 5.0
"""How long the user's ``shutdown`` may take before the session ends without it."""


class AudioHandler(DecodingHandler):
    """One connection's copy of a stream handler; a ``protocol.Handler``.

    ``audio_format`` is that of the handler that was configured until ``start`` has made the copy,
    and the copy's own from then on.
    """

    receives: frozenset[MediaKind] = frozenset({"audio"})
    emits: frozenset[MediaKind] = frozenset({"audio"})

    dropped = 0

    methods: tuple[str, ...] = (
        "start_up",
        "receive",
        "emit",
        "set_args",
        "trigger_response",
        "on_dtmf",
        "shutdown",
    )
    """Methods of user code that may run at the same time: each has a thread of its own."""

    kinds: tuple[type[UserHandler], ...] = (StreamHandler, AsyncStreamHandler)
    """What ``copy`` may return."""

    def __init__(
        self, prototype: UserHandler, *, needs_args: bool = False, asks_args: bool = False
    ) -> None:
        super().__init__(type(prototype).__qualname__, self.emits)
        self._prototype = prototype
        self._name = type(prototype).__name__
        self._needs_args = needs_args
        self._asks_args = asks_args
        self._handler: UserHandler | None = None
        self._workers = {method: Worker(f"{self._name}.{method}") for method in self.methods}
        self._received = Wakeup()
        self._start_up: asyncio.Task[Any] | None = None
        self._early_args: Sequence[Any] | None = None
        self._talks: bool | None = None
        self._audio_parser = EmissionParser(prototype._emitter(), ("audio",))
        self.audio_format = _audio_format(prototype)
        self.fps = prototype.fps

    @property
    def user_code(self) -> UserHandler | None:
        """The copy that serves this connection."""
        return self._handler

    async def _start(self, link: Link) -> None:
        """Make the copy, tie it to its session and begin its ``start_up``.

        Raises:
            ConfigurationError: ``copy`` did not return a new, initialised handler of its kind.
            Exception: what ``copy`` raised, or ``start_up`` within ``HEAD_START_S``; what it
                raises later comes out of ``emit``.
        """
        preparing = self._workers["start_up"]
        copied = await call(self._prototype.copy, worker=preparing)
        handler = checked_copy(copied, self._prototype, self.kinds)
        if self._closing is not None:
            raise SessionClosedError(f"The session ended while {self._name} was copied.")
        handler._webrtc.link = link
        handler._webrtc.has_inputs = self._needs_args or self._asks_args
        handler._webrtc.may_go_without = not self._needs_args
        handler.phone_mode = link.phone_mode
        self.audio_format = _audio_format(handler)
        if _overrides(handler, "set_channel"):
            await call(handler.set_channel, link.client, worker=preparing)
        else:
            handler.set_channel(link.client)
        self._handler = handler
        if self._early_args is not None:
            self.set_args(self._early_args)
        if self._talks is not None:
            handler._talk(self._talks)
        self._start_up = start_task(self._run_start_up(handler), "start_up")
        await asyncio.wait({self._start_up}, timeout=HEAD_START_S)
        self._check_start_up()

    def set_args(self, args: Sequence[Any]) -> None:
        """Hand the values of the other inputs to the handler; on a thread if it overrides this."""
        handler = self._handler
        if handler is None:
            self._early_args = args
        elif self._closing is None and _overrides(handler, "set_args"):
            worker = self._workers["set_args"]
            setting = worker.submit(copy_context(), handler.set_args, args)
            setting.add_done_callback(functools.partial(self._log_failure, method="set_args"))
        else:
            handler.set_args(args)

    async def submit(self, args: Sequence[Any]) -> None:
        """Make ``args`` the handler's ``latest_args``, then run the user's ``trigger_response``."""
        handler = self._running()
        if _overrides(handler, "set_args"):
            await call(handler.set_args, args, worker=self._workers["set_args"])
        else:
            handler.set_args(args)
        if _overrides(handler, "trigger_response"):
            await call(handler.trigger_response, worker=self._workers["trigger_response"])
        self._received.set()  # an emit that had nothing to say may have something now

    async def press(self, digit: str) -> None:
        """Run the user's ``on_dtmf``."""
        handler = self._running()
        if _overrides(handler, "on_dtmf"):
            await call(handler.on_dtmf, digit, worker=self._workers["on_dtmf"])
            self._received.set()  # an emit that had nothing to say may have something now

    def talk(self, pressed: bool) -> None:
        """Tell the handler of a button that is held to talk."""
        self._talks = pressed
        if self._handler is not None and self._closing is None:
            self._handler._talk(pressed)

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Run the user's ``receive``."""
        await call(self._running().receive, audio, worker=self._workers["receive"])
        self._received.set()

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Ignore what it does not receive."""

    async def _emit(self, kind: MediaKind) -> Emission:
        """Run the user's ``emit`` until it returns something."""
        return self._audio_parser.parse(await self._emit_with("emit", self._received))

    async def _emit_with(self, method: str, received: Wakeup) -> Any:
        """Call the user's ``method`` until it returns something, resting where it does not."""
        while True:
            self._check_start_up()
            value = await self._emit_once(method)
            if value is not None:
                return value
            await received.wait(IDLE_EMIT_S)

    def _running(self) -> UserHandler:
        if self._handler is None or self._closing is not None:
            raise SessionClosedError(f"{self._name} has no open session.")
        return self._handler

    async def _run_start_up(self, handler: UserHandler) -> None:
        worker = self._workers["start_up"]
        if _overrides(handler, "start_up"):
            await call(handler.start_up, worker=worker)
        await worker.aclose()  # it made the copy and is not needed again

    def _check_start_up(self) -> None:
        """Raise what ``start_up`` raised, once."""
        task = self._start_up
        if task is not None and task.done():
            self._start_up = None
            self._result_of(task, "start_up")

    async def _emit_once(self, method: str) -> Any:
        step = call(getattr(self._running(), method), worker=self._workers[method])
        if self._start_up is None:
            return await step
        # Only while start_up runs: what it raises ends an emit that would wait for ever.
        emitting = asyncio.ensure_future(step)
        try:
            await asyncio.wait({emitting, self._start_up}, return_when=asyncio.FIRST_COMPLETED)
            self._check_start_up()
            if not emitting.done():
                await asyncio.wait({emitting})
            value = self._result_of(emitting, method)
            return self._running()._still_wanted(value)
        finally:
            await cancel_and_wait(emitting)

    def _result_of(self, task: asyncio.Future[Any], method: str) -> Any:
        """Return what a task that is done came to; one that was cancelled has failed."""
        if task.cancelled() and self._closing is not None:
            raise SessionClosedError(f"The session ended during {self._name}.{method}.")
        failure = failure_of(task, f"{self._name}.{method}")
        if failure is not None:
            raise failure
        return task.result()

    async def _close(self) -> None:
        """Run the user's ``shutdown`` and give back the threads."""
        handler, start_up = self._handler, self._start_up
        if handler is not None:
            handler.args_set.close()
            handler.channel_set.close()
        if start_up is not None and start_up.done():
            self._log_failure(start_up, "start_up")
        if handler is not None and _overrides(handler, "shutdown"):
            await self._run_shutdown(handler)
        if start_up is not None and not start_up.done():
            # What it raises now is only that its session has ended.
            await cancel_and_wait(start_up)
            if not start_up.cancelled():
                start_up.exception()
        closing = [worker.aclose(self._release_queues) for worker in self._workers.values()]
        if handler is not None:
            closing.append(handler._end_session())
        await asyncio.gather(*closing)
        if handler is not None:
            handler._webrtc.link = handler._webrtc.channel = None
        self._handler = self._start_up = None

    async def _run_shutdown(self, handler: UserHandler) -> None:
        task = asyncio.ensure_future(call(handler.shutdown, worker=self._workers["shutdown"]))
        done, _ = await asyncio.wait({task}, timeout=SHUTDOWN_LIMIT_S)
        if not done:
            task.cancel()
            logger.warning("%s.shutdown has not returned in %g s", self._name, SHUTDOWN_LIMIT_S)
        else:
            self._log_failure(task, "shutdown")

    def _log_failure(self, done: asyncio.Future[Any], method: str) -> None:
        error = failure_of(done, f"{self._name}.{method}")
        if error is not None:
            logger.error("A stream handler failed outside receive and emit", exc_info=error)

    def _release_queues(self) -> None:
        """Wake threads that wait in a ``SimpleQueue`` of the handler, which nothing else can.

        One that it shares with the handler it was copied from may serve other sessions too.
        """
        shared = {id(value) for value in vars(self._prototype).values()}
        for value in list(vars(self._handler).values()) if self._handler is not None else ():
            if isinstance(value, queue.SimpleQueue) and id(value) not in shared and value.empty():
                value.put(None)


def _audio_format(handler: UserHandler) -> AudioFormat:
    return AudioFormat(
        sample_rate=handler.input_sample_rate,
        layout=handler.expected_layout,
        output_sample_rate=handler.output_sample_rate,
    )


def _overrides(handler: UserHandler, method: str) -> bool:
    """Whether ``handler`` brings its own ``method``; ours do nothing that needs a thread."""
    own = getattr(getattr(handler, method), "__func__", None)
    return all(own is not getattr(base, method) for base in (StreamHandler, AsyncStreamHandler))
