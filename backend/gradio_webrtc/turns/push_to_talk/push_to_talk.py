"""Conversations in which the person may hold a button to talk."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.turns.conversation import Conversation
from gradio_webrtc.turns.conversation_making import ConversationMaking
from gradio_webrtc.turns.push_to_talk.push_to_talk_listener import PushToTalkListener
from gradio_webrtc.turns.turn_listener import TurnListener


class PushToTalk(ConversationMaking):
    """A part of ``ReplyOnPause``."""

    push_to_talk: bool
    _button: bool | None
    """Whether the person holds it, as far as they said before the conversation began."""
    _listening: PushToTalkListener | None
    _attending: asyncio.Task[None] | None
    _pressed_anew: bool

    def _begin_turns(self) -> None:
        super()._begin_turns()
        self._button = False if self.push_to_talk else None
        self._listening = self._attending = None
        self._pressed_anew = False

    def _turn_listener(self) -> TurnListener:
        rate, channels = self.input_sample_rate, 2 if self.expected_layout == "stereo" else 1
        longest = self.algo_options.max_continuous_speech_s
        listening = PushToTalkListener(super()._turn_listener(), rate, channels, longest)
        self._listening = listening
        return listening

    def _converse(self) -> Conversation:
        begins = self._conversation is None
        conversation = super()._converse()
        if begins and self._button is not None:
            self._talk(self._button)
        return conversation

    def _talk(self, pressed: bool) -> None:
        """Take that the person holds their button, or let go of it. On the event loop."""
        if self._listening is None:
            self._button = pressed
            return
        self._listening.button(pressed)
        self._pressed_anew = True
        if self._attending is None or self._attending.done():
            self._attending = asyncio.ensure_future(self._attend())
            self._attending.add_done_callback(self._attended)

    async def _attend(self) -> None:
        """Let the conversation act on the button, without waiting for audio."""
        nothing = np.zeros((1, 0), np.int16)
        while self._pressed_anew:
            self._pressed_anew = False
            await self._converse().hear((self.input_sample_rate, nothing))

    def _attended(self, done: asyncio.Future[Any]) -> None:
        error = failure_of(done, f"{type(self).__name__}.receive")
        if isinstance(error, Exception) and self._conversation is not None:
            self._conversation.replies.fail(error)

    async def _end_session(self) -> None:
        if self._attending is not None:
            await cancel_and_wait(self._attending)
        await super()._end_session()
