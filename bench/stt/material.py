"""Recordings of people that come with packages, and what is said in them."""

from __future__ import annotations

import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.speech.recognition.model_audio import mono_at
from gradio_webrtc.speech.recognition.moonshine_files import package_folder

RATE = 16_000
SPHINX = Path("/usr/share/pocketsphinx/test/data")
"""Of Debian's package ``pocketsphinx-testdata``: readers of LibriVox, and commands."""

PACKAGED = {
    "beckett.wav": "ever tried ever failed no matter try again fail again fail better",
    "two_cities.wav": """it was the best of times it was the worst of times it was the age of wisdom
        it was the age of foolishness it was the epoch of belief it was the epoch of incredulity it
        was the season of light it was the season of darkness it was the spring of hope it was the
        winter of despair we had everything before us we had nothing before us we were all going
        direct to heaven we were all going direct the other way in short the period was so far like
        the present period that some of its noisiest authorities insisted on its being received for
        good or for evil in the superlative degree of comparison only""",
}
"""In the assets of the package ``moonshine-voice``."""
RAW = {
    "goforward.raw": "go forward ten meters",
    "something.raw": "go somewhere and do something",
}
_TRANSCRIPT = re.compile(r"<s>(.*)</s>\s*\((.+)\)")


@dataclass(frozen=True)
class Recording:
    """Somebody speaking: int16 of shape ``(samples,)`` at 16 kHz, and the words."""

    name: str
    samples: NDArray[np.int16]
    text: str

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE


def recordings() -> list[Recording]:
    """Return those that are on this machine, in a fixed order."""
    return [*_packaged(), *_sphinx("librivox"), *_sphinx("cards"), *_raw()]


def with_noise(recording: Recording, ratio_db: float, seed: int = 0) -> NDArray[np.int16]:
    """Return its samples with pink noise ``ratio_db`` below the speech, by RMS over all of it.

    None of the noise is below 20 Hz: there nobody hears it, and a ratio that counts it is milder.
    """
    speech = recording.samples.astype(np.float64)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(0, 1, len(speech)))
    frequency = np.fft.rfftfreq(len(speech), 1 / RATE)
    spectrum *= (frequency >= 20.0) / np.sqrt(np.maximum(frequency, 20.0))
    noise = np.fft.irfft(spectrum, len(speech))
    noise *= np.sqrt(np.mean(speech**2) / np.mean(noise**2)) * 10 ** (-ratio_db / 20)
    return np.clip(np.rint(speech + noise), -32_768, 32_767).astype(np.int16)


def _packaged() -> Iterator[Recording]:
    folder = package_folder()
    for name, text in PACKAGED.items():
        if folder is not None and (folder / "assets" / name).is_file():
            yield _read(folder / "assets" / name, text)


def _sphinx(kind: str) -> Iterator[Recording]:
    for listed in sorted((SPHINX / kind).glob("*transcription")):
        for text, name in _TRANSCRIPT.findall(listed.read_text("utf-8")):
            yield _read(SPHINX / kind / f"{name}.wav", text)


def _raw() -> Iterator[Recording]:
    for name, text in RAW.items():
        if (SPHINX / name).is_file():
            yield Recording(name, np.fromfile(SPHINX / name, np.int16), text)


def _read(path: Path, text: str) -> Recording:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        channels = samples.reshape(-1, file.getnchannels()).T
        return Recording(path.name, mono_at(RATE, (file.getframerate(), channels)), text)
