"""A function that is called whenever somebody has finished speaking."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context, copy_context
from functools import partial
from typing import Any

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.base import AsyncStreamHandler
from gradio_webrtc.handlers.emitted import split_emitted
from gradio_webrtc.handlers.handler_session import HandlerSession
from gradio_webrtc.handlers.protocol import Layout, ReceivedAudio
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.conversation import Conversation, Submitted, TurnListener
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.segmenter import RESUMABLE_S
from gradio_webrtc.turns.detection.speech_scorer import VadSource, make_scorer
from gradio_webrtc.turns.end_of_turn.question import EndOfTurnQuestion
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector
from gradio_webrtc.turns.options import AlgoOptions, InterruptionOptions
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.replies.reply_function import ReplyFunction
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.turn_machine import TurnMachine


class ReplyOnPause(AsyncStreamHandler):
    """Calls a function with what somebody said once they pause, and plays what it yields.

    Args:
        fn: a function or generator function, sync or async, of ``(sample_rate in Hz, int16 of
            shape (1, samples))`` and the values of further inputs. What it yields, or returns, is
            what a stream handler may emit. With ``variant="textbox"`` it gets a ``WebRTCData``
            whose ``audio`` is what was said. Sync code runs on a thread of its own for each reply.
        startup_fn: speaks first: called when the connection is there, without audio, with the
            values of further inputs if ``fn`` takes some.
        algo_options: when a turn begins and ends.
        model_options: what the voice detector takes for speech.
        can_interrupt: whether speaking into a reply stops it. If not, what is said before a reply
            has been played is ignored.
        expected_layout: of what ``fn`` gets; ``"stereo"`` gives shape ``(2, samples)``.
        output_sample_rate: in Hz, as for ``StreamHandler``.
        output_frame_size: deprecated and without effect.
        input_sample_rate: in Hz, of what ``fn`` gets.
        model: the voice detector: a ``VoiceActivityModel``, a function or class that makes a
            ``VoiceActivityDetector``, or a ``PauseDetectionModel``; ``None`` means the embedded
            one.
        needs_args: whether ``fn`` gets the values of further inputs although its signature does
            not say so.
        interruption: what cuts a reply, and what only makes it pause.
        turn_detector: asked at each pause whether the person has finished.
        turn_threshold: from which answer of it, 0 to 1, they have.
        turn_deadline_s: how long it may think, up to 10; then the pause is the end of the turn.
        longest_pause_s: how long a turn that it judged unfinished waits for more speech, up to
            10.

    Raises:
        ConfigurationError: values that cannot work.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        startup_fn: Callable[..., Any] | None = None,
        algo_options: AlgoOptions | None = None,
        model_options: Any = None,
        can_interrupt: bool = True,
        expected_layout: Layout = "mono",
        output_sample_rate: int = 24_000,
        output_frame_size: int | None = None,
        input_sample_rate: int = 48_000,
        model: VadSource | None = None,
        needs_args: bool = False,
        *,
        interruption: InterruptionOptions | None = None,
        turn_detector: TurnDetector | None = None,
        turn_threshold: float = 0.5,
        turn_deadline_s: float = 0.3,
        longest_pause_s: float = 3.0,
    ) -> None:
        super().__init__(expected_layout, output_sample_rate, output_frame_size, input_sample_rate)
        owner = type(self).__name__
        self._reply = ReplyFunction(fn, "fn", owner)
        greeting = None if startup_fn is None else ReplyFunction(startup_fn, "startup_fn", owner)
        self._greeting = greeting
        self.algo_options = AlgoOptions() if algo_options is None else algo_options
        self.model_options = model_options
        self.can_interrupt = can_interrupt
        self.model = model
        self.needs_args = needs_args
        self.interruption = InterruptionOptions() if interruption is None else interruption
        self.turn_detector = turn_detector
        self.turn_threshold = turn_threshold
        self.turn_deadline_s = turn_deadline_s
        self.longest_pause_s = longest_pause_s
        self._conversation: Conversation | None = None
        self._context: Context | None = None
        self._check()

    @property
    def fn(self) -> Callable[..., Any]:
        """The function that replies."""
        return self._reply.fn

    @property
    def startup_fn(self) -> Callable[..., Any] | None:
        """The function that speaks first, if there is one."""
        return None if self._greeting is None else self._greeting.fn

    def copy(self) -> ReplyOnPause:
        """Return a handler for one connection, with the same settings.

        A subclass that keeps state of a connection in attributes overrides this, or sets them in
        ``start_up``: all attributes of the handler that was configured are shared.
        """
        clone = copy.copy(self)
        clone._webrtc = HandlerSession()
        clone._conversation = clone._context = None
        return clone

    async def start_up(self) -> None:
        """Begin the conversation, with what ``startup_fn`` has to say."""
        self._converse()

    async def receive(self, frame: ReceivedAudio) -> None:
        """Listen to the next audio of the person."""
        await self._converse().hear(frame)

    async def emit(self) -> Any:
        """Wait for what the current reply, or the next one, yields."""
        value = await self._converse().replies.emit()
        if self.phone_mode and (outputs := split_emitted(value).outputs) is not None:
            # Nobody there has components; what is said to them is for the next call.
            self.set_args(outputs.args)
        return value

    def trigger_response(self) -> None:
        """Reply now, as if there had been a pause, to whatever has been said. Any thread.

        Without anything said ``fn`` gets audio of shape ``(1, 0)``. A reply that goes on is
        interrupted; one that cannot be is waited for.
        """
        args = list(self.latest_args)
        submitted = args if args and isinstance(args[0], WebRTCData) else None
        self.loop.call_soon_threadsafe(self._trigger, submitted)

    # -- steps a subclass may replace ----------------------------------------------------------

    def _make_turn_listener(self) -> TurnListener:
        """Return what finds the turns of this connection."""
        return self._make_listener()

    def _make_listener(self) -> Listener:
        """Return a listener with this handler's settings, which hurries while a reply goes on."""
        return Listener(
            self.input_sample_rate,
            2 if self.expected_layout == "stereo" else 1,
            self.algo_options,
            self.model_options,
            self.model,
            hurry=lambda: self._converse().replying,
        )

    # -- the conversation ----------------------------------------------------------------------

    def _converse(self) -> Conversation:
        """Return the conversation of this connection; it begins with the first call."""
        if self._conversation is None:
            self._context = copy_context()
            machine = TurnMachine(
                self.interruption,
                can_interrupt=self.can_interrupt,
                has_turn_detector=self.turn_detector is not None,
            )
            self._conversation = Conversation(
                self._link.client,
                self._link.playback,
                machine,
                self._make_turn_listener(),
                self.input_sample_rate,
                2 if self.expected_layout == "stereo" else 1,
                self._make_reply,
                self._make_question(),
                self.longest_pause_s,
            )
            self._conversation.open(None if self._greeting is None else self._make_greeting)
        return self._conversation

    def _trigger(self, submitted: Submitted | None) -> None:
        if self._webrtc.link is not None:  # else the session ended meanwhile
            self._converse().trigger(submitted)

    def _make_question(self) -> EndOfTurnQuestion | None:
        if self.turn_detector is None:
            return None
        return EndOfTurnQuestion(self.turn_detector, self.turn_threshold, self.turn_deadline_s)

    def _make_reply(self, said: Int16Array, submitted: Submitted | None) -> RunningReply:
        return self._begin(self._reply, partial(self._reply_args, said, submitted))

    def _make_greeting(self) -> RunningReply:
        assert self._greeting is not None
        return self._begin(self._greeting, self._greeting_args)

    def _begin(
        self, function: ReplyFunction, arguments: Callable[[], Awaitable[Sequence[Any]]]
    ) -> RunningReply:
        playback, context = self._link.playback, self._context
        assert context is not None
        reply = Reply(lambda: playback.played_s)
        return RunningReply(function.fn, arguments, function.name, reply, context)

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
            self.reset()
            await self.wait_for_args()

    def _emitter(self) -> str:
        replying = (self._reply, self._greeting)
        return " or ".join(function.name for function in replying if function is not None)

    def _still_wanted(self, value: Any) -> Any:
        return self._converse().replies.still_wanted(value)

    async def _end_session(self) -> None:
        if self._conversation is not None:
            await self._conversation.aclose()

    # -- checks --------------------------------------------------------------------------------

    def _check_inputs(self, further: int) -> None:
        self._reply.check(further, needs_args=self.needs_args)

    def _check(self) -> None:
        expected: list[tuple[str, type]] = [
            ("algo_options", AlgoOptions),
            ("interruption", InterruptionOptions),
        ]
        for name, kind in expected:
            value = getattr(self, name)
            if not isinstance(value, kind):
                raise ConfigurationError(f"{name} must be {kind.__name__}(...), not {value!r}.")
        if self.model is not None:  # what is no detector is refused here, not in the first call
            make_scorer(self.model, self.model_options, self.input_sample_rate, self.algo_options)
        if not 0 <= self.turn_threshold <= 1:
            raise ConfigurationError(
                f"turn_threshold must be from 0 to 1, not {self.turn_threshold!r}."
            )
        for name in ("turn_deadline_s", "longest_pause_s"):
            value = getattr(self, name)
            if not 0 < value <= RESUMABLE_S:
                raise ConfigurationError(
                    f"{name} must be above 0 and at most {RESUMABLE_S:g} seconds, not {value!r}."
                )
        if self.turn_detector is not None and not isinstance(self.turn_detector, TurnDetector):
            raise ConfigurationError(
                f"turn_detector must have finished(utterance), unlike {self.turn_detector!r}."
            )
