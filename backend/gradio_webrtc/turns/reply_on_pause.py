"""A function that is called whenever somebody has finished speaking."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from contextvars import Context
from typing import Any

from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.handlers.emit_pace import REST_S
from gradio_webrtc.handlers.emitted import split_emitted
from gradio_webrtc.handlers.executors.options import ExecutorChoice
from gradio_webrtc.handlers.handler_session import HandlerSession
from gradio_webrtc.handlers.loop_or_thread import for_loop_and_threads, here_or_there
from gradio_webrtc.handlers.protocol import Layout, ReceivedAudio
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.turns.conversation import Conversation
from gradio_webrtc.turns.detection.silero import get_silero_model
from gradio_webrtc.turns.detection.speech_scorer import VadSource
from gradio_webrtc.turns.end_of_turn.choice import TurnDetectorChoice, end_of_turn_choice
from gradio_webrtc.turns.options import AlgoOptions, InterruptionOptions
from gradio_webrtc.turns.push_to_talk.push_to_talk import PushToTalk
from gradio_webrtc.turns.replies.reply_function import ReplyFunction
from gradio_webrtc.turns.reply_checks import check_reply_options, in_order
from gradio_webrtc.turns.saying.idle_prompt import IdlePrompt
from gradio_webrtc.turns.speculation.options import SpeculationOptions, speculation_of
from gradio_webrtc.turns.timing.turn_calls import OnTurn
from gradio_webrtc.turns.timing.turn_recorder import TurnRecorder
from gradio_webrtc.turns.transcription.options import (
    OnTranscript,
    PartialTranscripts,
    partial_transcripts_for,
)
from gradio_webrtc.turns.transcription.transcribing import Transcribing


class ReplyOnPause(PushToTalk, Transcribing):
    """Calls a function with what somebody said once they pause, and plays what it yields.

    A subclass may replace ``start_up``, ``receive``, ``emit`` and ``shutdown``, sync or async, and
    the steps ``process_audio``, ``determine_pause`` and ``reset``.

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
        turn_detector: asked at each pause whether the person has finished, after 250 ms unless
            ``algo_options`` are given; ``"words"`` means ``WordsTurnDetector()``. ``"auto"`` means
            that too where Moonshine is installed and no ``algo_options`` are given; ``None`` leaves
            it to silence.
        turn_threshold: from which answer of it, 0 to 1, they have.
        turn_deadline_s: how long it may think, up to 10; then silence decides.
        longest_pause_s: how long a turn that it judged unfinished waits for more speech, up to
            10.
        on_turn: called with the ``TurnTimings`` of each turn when it is over, beside the
            conversation; sync or async. What it raises is logged.
        idle: what is said after a silence.
        speculative: whether ``fn`` is called after 160 ms of silence, before it is known that the
            turn has ended. What it makes is played if the turn ends with that, and forgotten if the
            person goes on. So only where ``fn`` may be called for nothing.
        partial_transcripts: a function that is told what somebody says while they say it: it gets
            a ``Transcript`` and may return ``AdditionalOutputs``; or ``PartialTranscripts``.
        push_to_talk: whether only a button that the person holds makes turns. Without it that
            holds for those who use one, see ``WebRTC(push_to_talk=True)``, and for nobody else.
        executor: runs ``fn`` and ``startup_fn``, functions and generators that are not async, on
            the workers of a ``concurrent.futures.Executor``, such as other processes; or a function
            that makes it, or ``ExecutorOptions``.

    Raises:
        ConfigurationError: values that cannot work.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        startup_fn: Callable[..., Any] | AlgoOptions | None = None,
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
        turn_detector: TurnDetectorChoice = "auto",
        turn_threshold: float = 0.5,
        turn_deadline_s: float = 0.3,
        longest_pause_s: float = 3.0,
        on_turn: OnTurn | None = None,
        idle: IdlePrompt | None = None,
        speculative: bool | SpeculationOptions = False,
        partial_transcripts: PartialTranscripts | OnTranscript | None = None,
        push_to_talk: bool = False,
        executor: ExecutorChoice | None = None,
    ) -> None:
        ordered = in_order(startup_fn, algo_options, model_options)
        startup_fn, algo_options, model_options = ordered
        super().__init__(expected_layout, output_sample_rate, output_frame_size, input_sample_rate)
        owner = type(self).__name__
        self._reply = ReplyFunction(fn, "fn", owner, executor)
        self._greeting = (
            None if startup_fn is None else ReplyFunction(startup_fn, "startup_fn", owner, executor)
        )
        own_pauses = self._overrides(*self._steps)
        chosen = end_of_turn_choice(turn_detector, algo_options, own_pauses=own_pauses)
        self.algo_options = chosen.algo
        self.model_options = model_options
        self.can_interrupt = can_interrupt
        self.model: VadSource = get_silero_model() if model is None else model
        self.needs_args = needs_args
        self.interruption = InterruptionOptions() if interruption is None else interruption
        self.turn_detector = chosen.detector
        self._undecided_pause_s = chosen.undecided_pause_s
        self.turn_threshold = turn_threshold
        self.turn_deadline_s = turn_deadline_s
        self.longest_pause_s = longest_pause_s
        self.on_turn = on_turn
        self.idle = idle
        self._speculation = speculation_of(speculative)
        self.partial_transcripts = partial_transcripts_for(partial_transcripts)
        self.push_to_talk = push_to_talk
        self._conversation: Conversation | None = None
        self._turn_recorder: TurnRecorder | None = None
        self._context: Context | None = None
        self._emission: asyncio.Task[Any] | None = None
        self._resetting: asyncio.Task[Any] | None = None
        check_reply_options(self)
        self._begin_turns()

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
        clone._conversation = clone._context = clone._emission = clone._resetting = None
        clone._turn_recorder = None
        clone._begin_turns()
        return clone

    @for_loop_and_threads
    def start_up(self) -> Any:
        """Begin the conversation, with what ``startup_fn`` has to say."""
        return here_or_there(self._open(), self.loop)

    @for_loop_and_threads
    def receive(self, frame: ReceivedAudio) -> Any:
        """Listen to the next audio of the person."""
        return here_or_there(self._hear(frame), self.loop)

    @for_loop_and_threads
    def emit(self) -> Any:
        """Wait for what the current reply, or the next one, yields.

        From a thread, ``None`` when there is nothing within a fiftieth of a second.
        """
        here = asyncio._get_running_loop() is self.loop
        return here_or_there(self._next_value() if here else self._value_now(), self.loop)

    def trigger_response(self) -> None:
        """Reply now, as if there had been a pause, to whatever has been said. Any thread.

        Without anything said ``fn`` gets audio of shape ``(1, 0)``. A reply that goes on is
        interrupted; one that cannot be is waited for.
        """
        args = list(self.latest_args)
        submitted = args if args and isinstance(args[0], WebRTCData) else None
        self.loop.call_soon_threadsafe(self._trigger, submitted)

    async def _open(self) -> None:
        self._converse()

    async def _hear(self, frame: ReceivedAudio) -> None:
        await self._converse().hear(frame)

    async def _next_value(self) -> Any:
        value = await self._converse().replies.emit()
        if self.phone_mode and (outputs := split_emitted(value).outputs) is not None:
            # Nobody there has components; what is said to them is for the next call.
            self.set_args(outputs.args)
        return value

    async def _value_now(self) -> Any:
        """Return the next value if there is one soon; a wait that is given up would lose it."""
        if self._emission is None:
            self._emission = asyncio.ensure_future(self._next_value())
        done, _ = await asyncio.wait({self._emission}, timeout=REST_S)
        if not done:
            return None
        emission, self._emission = self._emission, None
        return self._converse().replies.still_wanted(emission.result())

    def _emitter(self) -> str:
        replying = (self._reply, self._greeting)
        return " or ".join(function.name for function in replying if function is not None)

    def _still_wanted(self, value: Any) -> Any:
        # An emit() of the author's own has asked, and has values of its own too.
        return value if self._overrides("emit") else self._converse().replies.still_wanted(value)

    async def _end_session(self) -> None:
        for task in (self._emission, self._resetting):
            if task is not None:
                await cancel_and_wait(task)
        try:
            if self._conversation is not None:
                await self._conversation.aclose()
        finally:
            if self._turn_recorder is not None:
                await self._turn_recorder.aclose()
        await super()._end_session()

    def _check_inputs(self, further: int) -> None:
        self._reply.check(further, needs_args=self.needs_args)
