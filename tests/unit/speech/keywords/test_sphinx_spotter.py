"""Stop words in synthetic speech: those that are said, those that are not, and where they end."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from gradio_webrtc import ConfigurationError, KeywordModel, KeywordSpotter, SphinxKeywords, Spotted
from gradio_webrtc.speech.keywords.spotter import SPOTTER_RATE
from tests.support.synthetic_speech import joined, say, silence

RATE = SPOTTER_RATE
QUESTIONS = ("tell me a joke", "what time is it", "open the door", "turn it off", "who are you")


def spoken(text: str, voice: str = "en-us") -> np.ndarray:
    return joined(silence(0.3, RATE), say(text, voice, RATE), silence(0.4, RATE))


def spot(spotter: KeywordSpotter, sound: np.ndarray, step: float = 0.1) -> Spotted | None:
    """Return what is heard in a turn, in steps as a connection gives them."""
    spotter.begin()
    size = round(step * RATE)
    for at in range(0, sound.size, size):
        if (found := spotter.hear(sound[at : at + size])) is not None:
            return found
    return spotter.finish()


@pytest.mark.parametrize("voice", ["en-us", "en-us+m3"])
def test_the_embedded_spotter_hears_a_word_and_where_it_ends(voice: str) -> None:
    model = SphinxKeywords()
    model.check(["computer"])
    assert isinstance(model, KeywordModel)
    end = spoken("Computer", voice).size / RATE - 0.4
    sentences = ["Computer", *(f"Computer, {question}?" for question in QUESTIONS)]
    heard = 0
    for sentence in sentences:
        spotter = model.spotter(["computer"])  # as in the first turn of a connection
        assert isinstance(spotter, KeywordSpotter)
        found = spot(spotter, spoken(sentence, voice))
        spotter.close()
        if found is not None:
            heard += 1
            assert found.word == "computer"
            assert found.end_s == pytest.approx(end, abs=0.25)
    # The voice never says the same twice alike; the guide says how often a word is missed.
    assert heard >= len(sentences) - 1
    spotter = model.spotter(["computer"])
    assert spot(spotter, spoken("What is the time?", voice)) is None
    assert spot(spotter, spoken("Can I have the bill, please?", voice)) is None
    spotter.close()


def test_the_embedded_spotter_tells_a_word_from_words_that_sound_like_it() -> None:
    spotter = SphinxKeywords().spotter(["computer"])
    # All of these pass the first search.
    sentences = (
        "Every commuter knows that.",
        "My sister is a commuter.",
        "A commuter waits for the bus.",
        "That commuter missed the train.",
    )
    assert sum(spot(spotter, spoken(sentence)) is not None for sentence in sentences) <= 1
    spotter.close()


def test_the_embedded_spotter_hears_pairs_and_words_of_no_dictionary() -> None:
    model = SphinxKeywords()
    words = ["Wikibot", "ok robot"]
    model.check(words)
    spotter = model.spotter(words)
    for word in words:
        heard = [spot(spotter, spoken(f"{word}, {question}.")) for question in QUESTIONS]
        # The guide says how often one is missed; the voice never says the same twice alike.
        assert sum(found is not None and found.word == word for found in heard) >= 4
    assert spot(spotter, spoken("Tell me a joke.")) is None
    spotter.close()


def test_a_turn_starts_afresh() -> None:
    spotter = SphinxKeywords().spotter(["computer"])
    assert spot(spotter, spoken("Computer")) is not None
    assert spot(spotter, silence(0.5, RATE)) is None
    spotter.close()


def test_a_word_nobody_can_say_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="'привет'"):
        SphinxKeywords().check(["computer", "привет"])


def test_without_pocketsphinx_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(ConfigurationError, match="pass an STTModel as spotter"):
        SphinxKeywords().check(["computer"])


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_a_sensitivity_out_of_range_is_refused(value: float) -> None:
    with pytest.raises(ConfigurationError, match="sensitivity"):
        SphinxKeywords(value)
