"""How many more words are misunderstood when every tenth packet is lost, in both directions."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

LOSSY = Network(loss=0.10, delay=0.02)
BURSTY = Network(loss=0.10, burst=2.0, delay=0.02)
LEAD = 5.0
"""Seconds of silence first: a browser sends copies when losses were reported to it."""
PAUSE = 1.0
MARGIN = 0.4
STEP = 480
MORE = 0.10
"""Word errors beyond those of a good network, as a part of these; one word is chance."""


@dataclass(frozen=True)
class Way:
    """What both sides do about losses, by what each is told that the other can.

    Attributes:
        network: both ways.
        edit: of the SDP of both.
        seeds: of the losses, one for each run.
        held: whether it is what is promised.
    """

    network: Network
    edit: Callable[[str], str] = str
    seeds: tuple[int, ...] = (1,)
    held: bool = False


def without_red(sdp: str) -> str:
    """Return ``sdp`` with a codec that nobody knows in place of packets that are sent again."""
    return sdp.replace(" red/48000", " unknown/48000")


def without_copies(sdp: str) -> str:
    """Return ``sdp`` of one that decodes no copies of Opus either."""
    return without_red(sdp).replace("useinbandfec=1", "useinbandfec=0")


WAYS = {
    "10 % loss": Way(LOSSY, seeds=(1, 3), held=True),
    "10 % loss, 2 in a row on average": Way(BURSTY),
    "10 % loss, by Opus' own copies both ways": Way(LOSSY, without_red),
    "10 % loss, nothing done": Way(LOSSY, without_copies),
}


def run() -> list[Finding]:
    """Return the word errors of both directions on a good network, and on bad ones beside it."""
    spoken = recordings()
    said = sum(len(words(each.text)) for each in spoken)
    clean = _errors(spoken, GOOD)
    findings = [
        Finding(f"words mistaken of {said} {to}, no loss", f"{count}")
        for to, count in clean.items()
    ]
    for name, way in WAYS.items():
        runs = [_errors(spoken, way.network, way.edit, seed) for seed in way.seeds]
        findings += [
            _finding(f"{to}, {name}", said, way, clean[to], [each[to] for each in runs])
            for to in clean
        ]
    return findings


def _finding(what: str, said: int, way: Way, clean: int, found: Sequence[int]) -> Finding:
    """Return the row of all runs of one way in one direction."""
    each = f" ({', '.join(map(str, found))})" if len(found) > 1 else ""
    times = f"{len(found)} times " if len(found) > 1 else ""
    most = len(found) * (math.ceil(clean * (1 + MORE)) + 1)
    return Finding(
        f"words mistaken of {times}{said} {what}",
        f"{sum(found)}{each}",
        f"{most}" if way.held else "",
        not way.held or sum(found) <= most,
    )


def _errors(
    spoken: list[Recording], network: Network, edit: Callable[[str], str] = str, seed: int = 1
) -> dict[str, int]:
    sound, starts = joined(spoken)
    with (
        tempfile.TemporaryDirectory() as folder,
        bad_page(
            network, sound, sound, loop=False, folder=Path(folder), edit=edit, seed=seed
        ) as page,
    ):
        page.wait(sound.size / RATE + 3.0)
        came = np.concatenate([piece for _, piece in page.meters[-1].heard])
        heard = {"by the server": came, "by the page": page.heard_by_page()}
    return {to: mistaken(spoken, starts, sound, each) for to, each in heard.items()}


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
