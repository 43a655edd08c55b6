"""A function that is called with what somebody says after a stop word."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.executors.options import ExecutorChoice
from gradio_webrtc.handlers.protocol import Layout
from gradio_webrtc.speech.keywords.sphinx_spotter import SphinxKeywords
from gradio_webrtc.speech.keywords.spotter import KeywordModel, checked_stop_words
from gradio_webrtc.speech.keywords.stt_spotter import STTKeywords
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.turns.detection.speech_scorer import VadSource
from gradio_webrtc.turns.end_of_turn.choice import TurnDetectorChoice
from gradio_webrtc.turns.options import AlgoOptions, InterruptionOptions
from gradio_webrtc.turns.saying.idle_prompt import IdlePrompt
from gradio_webrtc.turns.speculation.options import SpeculationOptions
from gradio_webrtc.turns.stop_words.published_stop_words import PublishedStopWords
from gradio_webrtc.turns.stop_words.spotter_worker import SpotterWorker
from gradio_webrtc.turns.stop_words.stop_word_listener import StopWordListener
from gradio_webrtc.turns.timing.turn_calls import OnTurn
from gradio_webrtc.turns.transcription.options import OnTranscript, PartialTranscripts
from gradio_webrtc.turns.turn_listener import TurnListener

BargeIn = Literal["stop_word", "speech"]


class ReplyOnStopWords(PublishedStopWords):
    """Sleeps until a stop word is heard, then calls a function with what is said after it.

    Nothing is answered without a stop word. When one is heard the client gets a ``stopword``
    message with it. The question is what follows in the same breath; when nothing does, it is what
    is said next, if that begins within ``follow_up_s``. Every question needs its stop word.

    Args:
        fn: as for ``ReplyOnPause``; it gets the audio after the stop word.
        stop_words: the words or short phrases that wake it, as the author writes them. Give
            common misspellings too when a recogniser is the ``spotter``.
        startup_fn: as for ``ReplyOnPause``, like all further parameters that are not here.
        algo_options: when a turn begins and ends.
        model_options: what the voice detector takes for speech.
        can_interrupt: whether anything stops a reply; if not, what is said before a reply has been
            played is ignored.
        expected_layout: of what ``fn`` gets.
        output_sample_rate: in Hz, as for ``StreamHandler``.
        output_frame_size: deprecated and without effect.
        input_sample_rate: in Hz, of what ``fn`` gets.
        model: the voice detector.
        needs_args: whether ``fn`` gets the values of further inputs although its signature does
            not say so.
        spotter: hears the stop words: a ``KeywordModel``, or any ``STTModel``; ``None`` means the
            embedded one, ``SphinxKeywords()``.
        follow_up_s: how long it waits for a question after a stop word that nothing followed.
        barge_in: what stops a reply: ``"stop_word"``, at the moment it is heard, or ``"speech"``,
            any, as with ``ReplyOnPause``, which is then answered without a stop word.
        interruption: what cuts a reply with ``barge_in="speech"``.
        turn_detector: asked at each pause in a question whether the person has finished.
        turn_threshold: from which answer of it, 0 to 1, they have.
        turn_deadline_s: how long it may think.
        longest_pause_s: how long a turn that it judged unfinished waits for more speech.
        on_turn: called with the ``TurnTimings`` of each turn when it is over.
        idle: what is said after a silence.
        speculative: whether ``fn`` is called before it is known that the turn has ended.
        partial_transcripts: is told what is said after a stop word, while it is said.
        push_to_talk: whether only a button that the person holds makes turns, which need no stop
            word.

    Raises:
        ConfigurationError: values that cannot work, or a stop word that cannot be listened for.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        stop_words: Sequence[str],
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
        spotter: KeywordModel | STTModel | None = None,
        follow_up_s: float = 6.0,
        barge_in: BargeIn = "stop_word",
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
        super().__init__(
            fn,
            startup_fn,
            algo_options,
            model_options,
            can_interrupt,
            expected_layout,
            output_sample_rate,
            output_frame_size,
            input_sample_rate,
            model,
            needs_args,
            interruption=interruption,
            turn_detector=turn_detector,
            turn_threshold=turn_threshold,
            turn_deadline_s=turn_deadline_s,
            longest_pause_s=longest_pause_s,
            on_turn=on_turn,
            idle=idle,
            speculative=speculative,
            partial_transcripts=partial_transcripts,
            push_to_talk=push_to_talk,
            executor=executor,
        )
        if barge_in not in ("stop_word", "speech"):
            raise ConfigurationError(f'barge_in must be "stop_word" or "speech", not {barge_in!r}.')
        if not (_is_number(follow_up_s) and follow_up_s > 0):
            raise ConfigurationError(f"follow_up_s must be above 0 seconds, not {follow_up_s!r}.")
        self.stop_words = checked_stop_words(stop_words)
        self.spotter = _keyword_model(spotter)
        self.spotter.check(self.stop_words)
        self.follow_up_s = follow_up_s
        self.barge_in = barge_in

    def _make_turn_listener(self) -> TurnListener:
        if self._overrides(*self._steps):
            return super()._make_turn_listener()
        return StopWordListener(
            self._make_listener(),
            SpotterWorker(self.spotter, self.stop_words, self.input_sample_rate),
            self.follow_up_s,
            self._woke,
            lambda: self._link.client.log("listening"),
            lambda: self.barge_in == "speech" and self._converse().replying,
        )

    def _woke(self, word: str) -> None:
        self._link.client.stopword(word)
        self._converse().cut_off()


def _keyword_model(spotter: Any) -> KeywordModel:
    if spotter is None:
        return SphinxKeywords()
    if isinstance(spotter, type):
        raise ConfigurationError(
            f"spotter must be a model, not the class {spotter.__name__}: pass {spotter.__name__}()."
        )
    if isinstance(spotter, KeywordModel):
        return spotter
    if isinstance(spotter, STTModel):
        return STTKeywords(spotter)
    raise ConfigurationError(
        "spotter must have check(stop_words) and spotter(stop_words), or stt(audio), unlike "
        f"{spotter!r}."
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
