"""``python -m bench stt``."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stt import __main__ as command
from bench.stt import material
from bench.stt.material import Recording, recordings, with_noise
from bench.stt.measure import answer_time, hear, together
from bench.stt.word_errors import word_errors, words
from tests.support.moonshine_weights import needs_weights

SPEECH = Recording(
    "a.wav", np.random.default_rng(5).normal(0, 3000, 80_000).astype(np.int16), "go on"
)


class Ears:
    """Hears the same words each time, and counts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.given: list[bytes] = []

    def stt(self, audio: tuple[int, np.ndarray]) -> str:
        self.given.append(audio[1].tobytes())
        return self.text


@pytest.mark.parametrize(
    ("heard", "errors"),
    [("Go forward, 10 metres!", 0), ("go forward meters", 1), ("oh go forward ten meters", 1),
     ("go four words ten meters", 2), ("", 4)],
)  # fmt: skip
def test_words_that_are_wrong_missing_or_too_many_are_counted(heard: str, errors: int) -> None:
    assert word_errors(words("go forward ten meters"), words(heard)) == errors


@pytest.mark.parametrize("ratio_db", [20.0, 5.0])
def test_the_noise_is_as_far_below_the_speech_as_is_said(ratio_db: float) -> None:
    noise = with_noise(SPEECH, ratio_db).astype(float) - SPEECH.samples
    ratio = np.mean(SPEECH.samples.astype(float) ** 2) / np.mean(noise**2)
    assert 10 * np.log10(ratio) == pytest.approx(ratio_db, abs=0.1)
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    hertz = len(noise) / 16_000
    octaves = [spectrum[round(f * hertz) : round(2 * f * hertz)].sum() for f in (100, 800, 3200)]
    assert max(octaves) / min(octaves) < 2, "as much in each octave"
    assert not np.array_equal(with_noise(SPEECH, ratio_db, 1), with_noise(SPEECH, ratio_db, 2))


def test_errors_are_summed_over_noises_and_nothing_is_heard_twice() -> None:
    ears = Ears("go off")
    found = together(list(hear(ears, [SPEECH], 10.0, 3)))
    assert (found.wrong, found.said, found.lasts_s) == (3, 6, 15.0)
    answer_time(ears, SPEECH.samples)
    assert len(ears.given) == len(set(ears.given)), "or what is remembered would be measured"
    cells = command.row("ears", found, [found] * 3, 0.07)
    assert len(cells) == len(command.HEADING)
    assert cells[:2] == ["`ears`", "50.0 %"]


@needs_weights
def test_the_recordings_of_the_package_are_found_with_their_words() -> None:
    names = [one.name for one in recordings()]
    assert names[:2] == ["beckett.wav", "two_cities.wav"]
    assert all(one.samples.dtype == np.int16 and one.seconds > 0.5 for one in recordings())


def test_where_there_are_none_it_says_how_to_have_them(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(material, "package_folder", lambda: None)
    monkeypatch.setattr(material, "SPHINX", tmp_path)
    assert command.main([]) == 2
    assert "apt install pocketsphinx-testdata" in capsys.readouterr().err
