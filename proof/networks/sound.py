"""How many more words are misunderstood when every tenth packet is lost, in both directions."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.stt.material import Recording, recordings
from bench.stt.word_errors import word_errors, words
from gradio_webrtc import get_stt_model
from gradio_webrtc.speech.recognition.model_audio import mono_at
from proof.networks.page import GOOD, RATE, Sound, bad_page
from proof.parts import Finding
from tests.support.network_model import Network

LOSSY = {
    "10 % loss": Network(loss=0.10, delay=0.02),
    "10 % loss, 2 in a row on average": Network(loss=0.10, burst=2.0, delay=0.02),
}
LEAD = 5.0
"""Seconds of silence first: a browser sends copies when losses were reported to it."""
PAUSE = 1.0
MARGIN = 0.4
STEP = 480
MORE = 0.10
"""Word errors beyond those of a good network, as a part of these; one word is chance."""


def run() -> list[Finding]:
    """Return the word errors of both directions on a good network, and on bad ones beside it."""
    spoken = recordings()
    said = sum(len(words(each.text)) for each in spoken)
    clean = _errors(spoken, GOOD)
    findings = [
        Finding(f"words mistaken of {said} {way}, no loss", f"{count}")
        for way, count in clean.items()
    ]
    for name, network in LOSSY.items():
        held = name == "10 % loss"  # what is promised; the other is told
        for way, count in _errors(spoken, network).items():
            most = math.ceil(clean[way] * (1 + MORE)) + 1
            what = f"words mistaken of {said} {way}, {name}"
            findings.append(
                Finding(what, f"{count}", f"{most}" if held else "", not held or count <= most)
            )
    return findings


def _errors(spoken: list[Recording], network: Network) -> dict[str, int]:
    sound, starts = joined(spoken)
    with (
        tempfile.TemporaryDirectory() as folder,
        bad_page(network, sound, sound, loop=False, folder=Path(folder)) as page,
    ):
        page.wait(sound.size / RATE + 3.0)
        came = np.concatenate([piece for _, piece in page.meters[-1].heard])
        heard = {"by the server": came, "by the page": page.heard_by_page()}
    return {way: mistaken(spoken, starts, sound, each) for way, each in heard.items()}


def joined(spoken: list[Recording]) -> tuple[Sound, list[int]]:
    """Return everything that is said with silences between, and where each begins."""
    parts: list[Sound] = [np.zeros(round(LEAD * RATE), np.int16)]
    starts = []
    for each in spoken:
        starts.append(sum(part.size for part in parts))
        parts += [
            mono_at(RATE, (16_000, each.samples[np.newaxis])),
            np.zeros(round(PAUSE * RATE), np.int16),
        ]
    return np.concatenate(parts), starts


def mistaken(spoken: list[Recording], starts: list[int], sound: Sound, heard: Sound) -> int:
    """Return the word errors in ``heard``, where ``sound`` was said with ``starts`` of each."""
    ears = get_stt_model("moonshine/tiny")
    shift, margin, errors = _shift(sound, heard), round(MARGIN * RATE), 0
    for each, start in zip(spoken, starts, strict=True):
        length = round(each.seconds * RATE)
        begin = max(0, start + shift - margin)
        piece = heard[begin : start + shift + length + margin]
        errors += word_errors(words(each.text), words(ears.stt((RATE, piece))))
    return errors


def _shift(sound: Sound, heard: Sound) -> int:
    """Return how many samples later ``sound`` is in ``heard``, by their loudness over time."""
    one, other = _envelope(sound), _envelope(heard)
    size = 1 << (one.size + other.size).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    best = int(np.argmax(likeness))
    return (best if best < size // 2 else best - size) * STEP


def _envelope(sound: Sound) -> NDArray[np.float64]:
    rows = sound[: sound.size // STEP * STEP].reshape(-1, STEP).astype(np.float64)
    loudness = np.sqrt(np.mean(rows**2, axis=1))
    return np.asarray(loudness - loudness.mean())
