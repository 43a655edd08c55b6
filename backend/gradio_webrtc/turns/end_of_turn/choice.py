"""What an author's ``turn_detector`` and ``algo_options`` come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.registry import ready_stt_engine
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector
from gradio_webrtc.turns.end_of_turn.words_turn_detector import WordsTurnDetector
from gradio_webrtc.turns.options import AlgoOptions

ASK_AFTER_MS = 250.0
"""A pause after which a detector is asked, unless the author says. People often pause for longer
within a sentence, so silence alone may not end a turn so soon."""
UNDECIDED_S = 0.25
"""What a pause goes on for where the detector cannot tell, so that it is as long as without one."""

TurnDetectorChoice = TurnDetector | Literal["auto", "words"] | None
"""What authors may pass as ``turn_detector``."""


@dataclass(frozen=True)
class EndOfTurnChoice:
    """How turns end.

    Attributes:
        detector: is asked at each pause; ``None``: silence decides.
        algo: when a turn begins, and which pause is one.
        undecided_pause_s: how long a turn that the detector cannot judge waits for more speech.
    """

    detector: TurnDetector | None
    algo: AlgoOptions
    undecided_pause_s: float = 0.0


def end_of_turn_choice(
    turn_detector: TurnDetectorChoice, algo_options: AlgoOptions | None, *, own_pauses: bool = False
) -> EndOfTurnChoice:
    """Return what is to be used; options that the author gave are taken as they are.

    Args:
        turn_detector: the author's; ``"auto"``: the words decide, where a recogniser for that is
            here, and the author says nothing about pauses.
        algo_options: the author's, if any.
        own_pauses: whether the author's own code says what a pause is.

    Raises:
        ConfigurationError: it is no detector, or ``"words"`` and no recogniser is installed.
    """
    if isinstance(turn_detector, str):
        turn_detector = _named(turn_detector, left_alone=algo_options is None and not own_pauses)
    if algo_options is not None:
        return EndOfTurnChoice(turn_detector, algo_options)
    if turn_detector is None:
        return EndOfTurnChoice(None, AlgoOptions())
    return EndOfTurnChoice(turn_detector, AlgoOptions(silence_ms=ASK_AFTER_MS), UNDECIDED_S)


def _named(name: str, *, left_alone: bool) -> TurnDetector | None:
    if name == "words":
        return WordsTurnDetector()
    if name != "auto":
        raise ConfigurationError(
            'turn_detector must be "auto", "words", None or have finished(utterance), '
            f"not {name!r}."
        )
    engine = ready_stt_engine() if left_alone else None
    return None if engine is None else WordsTurnDetector(engine)
