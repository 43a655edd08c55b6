"""Beginning a reply: what the author's function is called with, and in which context."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from functools import partial
from typing import Any

from gradio_webrtc.concurrency.loop_clock import loop_clock
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.handlers.args import DEFAULTS_AFTER_S
from gradio_webrtc.handlers.executors.surroundings import carry
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.conversation import Submitted
from gradio_webrtc.turns.published_hooks import PublishedHooks
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.replies.remote_reply import carry_reply
from gradio_webrtc.turns.replies.reply_function import ReplyFunction
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.speculation.early_reply import EarlyReply

MakeRunningReply = Callable[
    [Callable[..., Any], Callable[[], Awaitable[Sequence[Any]]], str, Reply, Context], RunningReply
]
"""``RunningReply``, or what is made as it is."""

logger = logging.getLogger(__name__)

carry(carry_reply)


class ReplyMaking(PublishedHooks):
    """A part of ``ReplyOnPause``."""

    needs_args: bool
    _reply: ReplyFunction
    _greeting: ReplyFunction | None
    _context: Context | None

    def _make_reply(self, said: Int16Array, submitted: Submitted | None) -> RunningReply:
        return self._begin(self._reply, partial(self._reply_args, said, submitted))

    def _make_early_reply(self, said: Int16Array) -> EarlyReply:
        arguments = partial(self._reply_args, said, None)
        reply, context = self._new_reply(speculative=True)
        function, began = self._reply, self.event.began
        return EarlyReply(function.run, arguments, function.name, reply, context, began)

    def _make_greeting(self) -> RunningReply:
        assert self._greeting is not None
        return self._begin(self._greeting, self._greeting_args)

    def _begin(
        self,
        function: ReplyFunction,
        arguments: Callable[[], Awaitable[Sequence[Any]]],
        make: MakeRunningReply = RunningReply,
    ) -> RunningReply:
        self.event.began()
        reply, context = self._new_reply()
        return make(function.run, arguments, function.name, reply, context)

    def _new_reply(self, *, speculative: bool = False) -> tuple[Reply, Context]:
        """Return what the code of a reply learns about itself, and the context it runs in."""
        playback, client, context = self._link.playback, self._link.client, self._context
        assert context is not None
        reply = Reply(
            lambda: playback.played_s,
            loop_clock(self._link.loop),
            lambda: playback.queued_s,
            lambda: client.playout_s or 0.0,
            speculative=speculative,
        )
        return reply, context

    async def _reply_args(self, said: Int16Array, submitted: Submitted | None) -> Sequence[Any]:
        """Return what ``fn`` is called with."""
        if submitted is None:
            await self._refresh_args()
            latest = self.latest_args
        else:
            latest = list(submitted)
        audio = (self.input_sample_rate, said)
        own = latest[0] if latest else None
        if isinstance(own, WebRTCData):
            # A text is replied to once; what is only spoken comes without the last one.
            text = own.textbox if submitted is not None else ""
            first: Any = own.model_copy(update={"audio": audio, "textbox": text})
        elif self._link.composer:
            first = WebRTCData(self._link.webrtc_id, audio=audio)
        else:
            first = audio
        return [first, *(latest[1:] if self._takes_inputs else ())]

    async def _greeting_args(self) -> Sequence[Any]:
        assert self._greeting is not None
        if not self._takes_inputs:
            return ()
        await self._refresh_args()
        return self._greeting.fitting(self.latest_args[1:])

    @property
    def _takes_inputs(self) -> bool:
        return self.needs_args or self._reply.takes_inputs

    async def _refresh_args(self) -> None:
        """Wait for what the other inputs hold now, where there are any."""
        wants = self.needs_args or not self._reply.accepts(1) or self._webrtc.has_inputs
        if self._takes_inputs and wants and not self.phone_mode:
            self.args_set.clear()
            if self._webrtc.may_go_without and not self.needs_args:
                await self._ask_for_args()
            else:
                await self.wait_for_args()

    async def _ask_for_args(self) -> None:
        """Ask, and go on without when nothing comes; a client that never answers waits once."""
        session = self._webrtc
        self._link.client.request_inputs()
        patience = 0.0 if session.went_without and not self.latest_args else DEFAULTS_AFTER_S
        if not await finished_within(self.args_set.wait(), patience) and not session.went_without:
            session.went_without = True
            logger.info("session %s: a reply goes on without inputs", self._link.webrtc_id)
