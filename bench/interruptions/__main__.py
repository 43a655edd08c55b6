"""``python -m bench interruptions``: what becomes of replies that somebody speaks into.

With the package's words and without, by espeak-ng's voices or another one.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence

from bench.endings.clips import ESPEAK_VOICES, spoken
from bench.interruptions.interjections import ASKS, ENDS, LISTENS
from bench.interruptions.replay import Outcome, replay
from bench.report import markdown
from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.speech.registry import accurate_stt_engine, get_stt_model, get_tts_model
from gradio_webrtc.speech.synthesis.tts import TTSModel
from gradio_webrtc.turns.interruption.choice import Understanding, understanding_of
from gradio_webrtc.turns.options import InterruptionOptions

KINDS: Mapping[str, tuple[str, ...]] = {"listens": LISTENS, "ends": ENDS, "asks": ASKS}
HEADING = (
    "decided by",
    "goes on after listening",
    "ends at a stop",
    "ends at a question",
    "CPU, ms",
)


def main(words: Sequence[str] | None = None) -> int:
    """Return 0, or 2 when what was asked for is not there."""
    arguments = _parser().parse_args(words)
    engine = arguments.stt or accurate_stt_engine()
    if engine is None:
        sys.stderr.write("no accurate recogniser is installed; name one with --stt\n")
        return 2
    try:
        options = InterruptionOptions(words="en", stt=get_stt_model(engine))
        tts = None if arguments.tts is None else get_tts_model(arguments.tts)
    except (ConfigurationError, SpeechEngineError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    rows: list[tuple[str, ...]] = [HEADING]
    for name, understanding in (("seconds", None), ("words", understanding_of(options))):
        found = asyncio.run(_all(tts, arguments.takes, understanding))
        rows.append((name, *_cells(found)))
        if arguments.words and understanding is not None:
            sys.stdout.write("".join(f"{line}\n" for line in _asides(found)))
    sys.stdout.write(markdown(rows) + "\n")
    return 0


Found = list[tuple[str, str, Outcome]]


async def _all(tts: TTSModel | None, takes: int, understanding: Understanding | None) -> Found:
    found: Found = []
    for kind, texts in KINDS.items():
        for index, text in enumerate(texts * takes):
            voice = ESPEAK_VOICES[(index + index // len(texts)) % len(ESPEAK_VOICES)]
            sound = spoken(tts, text, voice)
            found.append((kind, text, await replay(sound, understanding)))
    return found


def _cells(found: Found) -> Iterator[str]:
    for kind, wanted in (("listens", False), ("ends", True), ("asks", True)):
        mine = [outcome for its, _, outcome in found if its == kind]
        yield f"{sum(one.ended is wanted for one in mine)} of {len(mine)}"
    cpu = sorted(outcome.cpu_s for _, _, outcome in found)
    yield f"{1000 * cpu[len(cpu) // 2]:.0f}"


def _asides(found: Found) -> Iterator[str]:
    for kind, text, outcome in found:
        what = "not heard" if not outcome.held else "ended" if outcome.ended else "went on"
        yield f"{kind}: {text!r} was recognised as {list(outcome.recognised)}: {what}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench interruptions", description=__doc__)
    parser.add_argument("--stt", metavar="NAME", help="a recogniser; default: the best installed")
    parser.add_argument("--tts", metavar="NAME", help="a voice; default: four of espeak in turn")
    parser.add_argument("--takes", type=int, default=1, help="of each interjection; default: 1")
    parser.add_argument("--words", action="store_true", help="print what was recognised, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
