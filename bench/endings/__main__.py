"""``python -m bench endings``: ask end-of-turn detectors about spoken sentences, print a table."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.endings.clips import RATE, Clip, clips
from bench.endings.other_languages import SENTENCES
from bench.endings.report import Answer, asides, table
from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import accurate_stt_engine, get_stt_model, get_tts_model
from gradio_webrtc.turns.end_of_turn.combined_turn_detector import CombinedTurnDetector
from gradio_webrtc.turns.end_of_turn.ending_words import ending_words
from gradio_webrtc.turns.end_of_turn.onnx_turn_detector import OnnxTurnDetector
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector
from gradio_webrtc.turns.end_of_turn.unfinished import unfinished
from gradio_webrtc.turns.end_of_turn.words_turn_detector import WordsTurnDetector

WRITTEN = "words, of the text itself"


def main(words: Sequence[str] | None = None) -> int:
    """Return 0, or 2 when what was asked for is not there."""
    arguments = _parser().parse_args(words)
    engine = arguments.stt or accurate_stt_engine()
    if engine is None:
        sys.stderr.write("no accurate recogniser is installed; name one with --stt\n")
        return 2
    try:
        stt = get_stt_model(engine)
        tts = None if arguments.tts is None else get_tts_model(arguments.tts)
    except (ConfigurationError, SpeechEngineError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    detectors = _detectors(stt, arguments.smart_turn)
    spoken = list(clips(tts, arguments.takes, arguments.language))
    sys.stdout.write(table(_asked(detectors, spoken)) + "\n")
    if arguments.words:
        sys.stdout.write("".join(f"{line}\n" for line in asides(_heard(stt, spoken))))
    return 0


def _detectors(stt: STTModel, smart_turn: Path | None) -> dict[str, TurnDetector]:
    by_words = WordsTurnDetector(stt)
    found: dict[str, TurnDetector] = {"words": by_words}
    if smart_turn is not None:
        by_sound = OnnxTurnDetector(smart_turn)
        found["Smart Turn"] = by_sound
        found["both"] = CombinedTurnDetector(by_words, by_sound)
    for one in found.values():
        getattr(one, "load", lambda: None)()
    return found


def _asked(
    detectors: Mapping[str, TurnDetector], spoken: Sequence[Clip]
) -> dict[str, list[Answer]]:
    """Return what each detector says of each clip."""
    english = ending_words("en")
    found = {
        WRITTEN: [
            Answer(clip, 1 - unfinished(clip.text, english).probability, 0.0) for clip in spoken
        ]
    }
    for name, detector in detectors.items():
        detector.finished((RATE, spoken[0].samples))  # the first one of a model is slow
        found[name] = []
        for clip in spoken:
            began = time.process_time()
            likely = detector.finished((RATE, clip.samples))
            found[name].append(Answer(clip, likely, time.process_time() - began))
    return found


def _heard(stt: STTModel, spoken: Sequence[Clip]) -> list[tuple[Clip, str, str]]:
    """Return what was recognised and what was concluded, for each clip."""
    found = []
    for clip in spoken:
        text = stt.stt((RATE, clip.samples))
        found.append((clip, text, unfinished(text, ending_words("en")).reason))
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench endings", description=__doc__)
    parser.add_argument("--stt", metavar="NAME", help="a recogniser; default: the best installed")
    parser.add_argument("--tts", metavar="NAME", help="a voice; default: four of espeak in turn")
    parser.add_argument("--takes", type=int, default=1, help="of each sentence; default: 1")
    parser.add_argument(
        "--language", choices=sorted(SENTENCES), help="finished sentences of another language"
    )
    parser.add_argument("--smart-turn", type=Path, metavar="FILE", help="smart-turn-v3.2-cpu.onnx")
    parser.add_argument("--words", action="store_true", help="print what was recognised, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
