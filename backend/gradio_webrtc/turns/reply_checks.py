"""What an author passes to ``ReplyOnPause``: checked, with errors that say what to pass instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.turns.detection.segmenter import RESUMABLE_S
from gradio_webrtc.turns.detection.speech_scorer import VadSource, make_scorer
from gradio_webrtc.turns.detection.vad import ModelOptions
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector
from gradio_webrtc.turns.interruption.choice import understanding_of
from gradio_webrtc.turns.options import AlgoOptions, InterruptionOptions
from gradio_webrtc.turns.saying.idle_prompt import IdlePrompt
from gradio_webrtc.turns.timing.turn_calls import OnTurn


class ReplyOptions(Protocol):
    """What a handler was told."""

    algo_options: AlgoOptions
    interruption: InterruptionOptions
    model: VadSource
    model_options: ModelOptions
    input_sample_rate: int
    turn_detector: TurnDetector | None
    turn_threshold: float
    turn_deadline_s: float
    longest_pause_s: float
    on_turn: OnTurn | None
    idle: IdlePrompt | None


def in_order(
    startup_fn: Callable[..., Any] | AlgoOptions | None,
    algo_options: AlgoOptions | None,
    model_options: ModelOptions,
) -> tuple[Callable[..., Any] | None, AlgoOptions | None, ModelOptions]:
    """Return the second to fourth parameters of ``ReplyOnPause``, whose order was another one once.

    Before there was a ``startup_fn``, in ``gradio_webrtc`` 0.0.31, the options came second.

    Raises:
        ConfigurationError: what was given cannot be told apart.
    """
    if not isinstance(startup_fn, AlgoOptions):
        return startup_fn, algo_options, model_options
    if isinstance(algo_options, AlgoOptions):
        raise ConfigurationError("algo_options were given twice: leave the second parameter out.")
    if isinstance(model_options, str):
        raise ConfigurationError(
            "Name what follows the options, since there are more of these now: "
            f"expected_layout={model_options!r}, and so on."
        )
    return None, startup_fn, model_options if algo_options is None else algo_options


def check_reply_options(told: ReplyOptions) -> None:
    """Check what is not checked where it is used.

    Raises:
        ConfigurationError: it cannot work.
    """
    expected: list[tuple[str, type]] = [
        ("algo_options", AlgoOptions),
        ("interruption", InterruptionOptions),
    ]
    for name, kind in expected:
        value = getattr(told, name)
        if not isinstance(value, kind):
            raise ConfigurationError(f"{name} must be {kind.__name__}(...), not {value!r}.")
    if told.idle is not None and not isinstance(told.idle, IdlePrompt):
        raise ConfigurationError(f"idle must be IdlePrompt(...), not {told.idle!r}.")
    understanding_of(told.interruption)
    # What is no detector is refused here, not in the first call.
    make_scorer(told.model, told.model_options, told.input_sample_rate, told.algo_options)
    if not 0 <= told.turn_threshold <= 1:
        raise ConfigurationError(
            f"turn_threshold must be from 0 to 1, not {told.turn_threshold!r}."
        )
    for name in ("turn_deadline_s", "longest_pause_s"):
        value = getattr(told, name)
        if not 0 < value <= RESUMABLE_S:
            raise ConfigurationError(
                f"{name} must be above 0 and at most {RESUMABLE_S:g} seconds, not {value!r}."
            )
    if told.on_turn is not None and not callable(told.on_turn):
        raise ConfigurationError(
            f"on_turn must be a function of the TurnTimings of a turn, not {told.on_turn!r}."
        )
    if told.turn_detector is not None and not isinstance(told.turn_detector, TurnDetector):
        raise ConfigurationError(
            f"turn_detector must have finished(utterance), unlike {told.turn_detector!r}."
        )
