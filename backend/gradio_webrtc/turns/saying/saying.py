"""Saying something in a conversation, asked by any thread at any time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from gradio_webrtc.errors import ConfigurationError, SessionClosedError
from gradio_webrtc.handlers.saying.speaker import Sayable, Speaker
from gradio_webrtc.handlers.saying.speech_handle import SpeechHandle, When
from gradio_webrtc.speech.synthesis.tts import TTSModel
from gradio_webrtc.turns.conversation import Conversation
from gradio_webrtc.turns.conversation_making import ConversationMaking
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.saying.idle_prompt import IdlePrompt
from gradio_webrtc.turns.saying.speech_queue import Speech
from gradio_webrtc.turns.saying.speeches import Speeches
from gradio_webrtc.turns.saying.spoken_reply import SpokenReply, check_sayable, saying_function
from gradio_webrtc.turns.turn_events import TurnObserver


class Saying(ConversationMaking, Speaker):
    """A part of ``ReplyOnPause``."""

    idle: IdlePrompt | None
    _speeches: Speeches

    def say(
        self, what: Sayable, when: When = "next_silence", *, tts: TTSModel | None = None
    ) -> SpeechHandle:
        """Have something said to the person: a reply that nobody asked for. Any thread.

        It can be interrupted like any reply. What waits is said in order; ``"now"`` comes first.

        Args:
            what: a text, which is spoken; audio, something encoded, ``AdditionalOutputs`` or a pair
                of these, as replies give them, a path as a ``pathlib.Path``; a generator; or a
                function without parameters, sync or async, that returns or yields it.
            when: ``"now"``: at once, in place of a reply that goes on, after it with
                ``can_interrupt=False``; ``"next_silence"``: when nobody speaks and nothing is
                replied; ``"unless_spoken"``: then too, and never if the person speaks before.
            tts: the voice for a text; ``None`` for ``get_tts_model()``, loaded when needed.

        Returns:
            What tells how it went: ``await`` it, or ask its ``result()``.

        Raises:
            SessionClosedError: there is no open session.
            SpeechRefusedError: 16 wait already.
            ConfigurationError: ``what``, ``when`` or ``tts`` is nothing that can work.
            MediaFormatError: ``what`` is audio with something wrong about it.
        """
        return self._say(what, when, tts)

    def _say(self, what: Sayable, when: When, tts: TTSModel | None) -> SpeechHandle:
        if when not in ("now", "next_silence", "unless_spoken"):
            raise ConfigurationError(
                f'when must be "now", "next_silence" or "unless_spoken", not {when!r}.'
            )
        check_sayable(what, tts)
        loop, speeches = self._link.loop, self._speeches
        handle = SpeechHandle(partial(_cancel, loop, speeches))
        speeches.queue.put(Speech(what, when, tts, handle))
        try:
            loop.call_soon_threadsafe(speeches.look_soon)
        except RuntimeError:  # the loop is closed, and the session with it
            raise SessionClosedError("The server has stopped: nothing more is said.") from None
        return handle

    def _begin_turns(self) -> None:
        super()._begin_turns()
        self._speeches = Speeches(self._make_speech, self.idle)

    def _turn_observers(self) -> list[TurnObserver]:
        return [*super()._turn_observers(), self._speeches.observe]

    def _converse(self) -> Conversation:
        begins = self._conversation is None
        conversation = super()._converse()
        if begins:
            self._speeches.attach(conversation)
        return conversation

    async def _end_session(self) -> None:
        self._speeches.close()
        await super()._end_session()

    def _make_speech(self, speech: Speech) -> RunningReply:
        make = partial(SpokenReply, tts=speech.tts, failed=speech.handle._settle)
        return self._begin(saying_function(speech.what), _no_arguments, make)


def _cancel(loop: asyncio.AbstractEventLoop, speeches: Speeches, handle: SpeechHandle) -> None:
    # RuntimeError: the loop is closed, and everything in the session over.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(speeches.cancel, handle)


async def _no_arguments() -> Sequence[Any]:
    return ()
