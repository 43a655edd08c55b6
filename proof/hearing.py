"""Whether recognition makes words of noises, or loses words that were said."""

from __future__ import annotations

from collections.abc import Iterable

from gradio_webrtc.speech.recognition.moonshine import MoonshineSTT
from proof.parts import Finding
from tests.support.noises import RATE, Clip, noises
from tests.support.spoken_clips import spoken_clips

CLIPS = 200
SEED = 1
"""Others than those of the test suite, which hears 40 of each."""


def run(seconds: float) -> list[Finding]:
    """Recognise 200 clips of each; ``seconds`` is not asked for."""
    ears = MoonshineSTT("moonshine/tiny")
    made_up = [f"{name}: {said}" for name, said in _heard(ears, noises(CLIPS, SEED)) if said]
    lost = [name for name, said in _heard(ears, spoken_clips(CLIPS, SEED)) if not said]
    return [
        Finding(f"words made of {CLIPS} noises", _listed(made_up), "0", held=not made_up),
        Finding(f"lost of {CLIPS} things said", _listed(lost), "0", held=not lost),
    ]


def _heard(ears: MoonshineSTT, clips: Iterable[tuple[str, Clip]]) -> list[tuple[str, str]]:
    return [(name, ears.stt((RATE, clip))) for name, clip in clips]


def _listed(found: list[str]) -> str:
    return f"{len(found)}" + (f" ({'; '.join(found)})" if found else "")
