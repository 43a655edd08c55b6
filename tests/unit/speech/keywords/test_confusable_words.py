"""Words that sound nearly like a stop word, from a dictionary of a few words."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradio_webrtc.speech.keywords.confusable_words import decoys
from gradio_webrtc.speech.keywords.pronunciation import PHONES, Phones

COMPUTER: Phones = ("K", "AH", "M", "P", "Y", "UW", "T", "ER")
COMMUTER: Phones = ("K", "AH", "M", "Y", "UW", "T", "ER")
PERMUTER: Phones = ("P", "ER", "M", "P", "Y", "UW", "T", "ER")


def dictionary(folder: Path, *words: str) -> Path:
    """Write one; like a real one it has every phone, in a word too long to be like any."""
    path = folder / "words.dict"
    words = (*words, " ".join(sorted(PHONES)))
    path.write_text("".join(f"word{number} {phones}\n" for number, phones in enumerate(words)))
    return path


def text(phones: Phones) -> str:
    return " ".join(phones)


def test_the_nearest_come_first_and_no_more_than_are_wanted(tmp_path: Path) -> None:
    words = dictionary(tmp_path, text(PERMUTER), text(COMMUTER), "T EY B AH L")
    assert decoys([COMPUTER], 1, 9, words) == [COMMUTER, PERMUTER]
    assert decoys([COMPUTER], 1, 1, words) == [COMMUTER]


@pytest.mark.parametrize(
    "phones",
    [
        text(COMPUTER),
        "K AH M P Y UW D ER",  # the phrase itself, said a little differently
        f"{text(COMPUTER)} Z",  # whoever says this says the phrase too
        "K AH M P Y UW T IH D",  # differs in its end only, which is swallowed
        "AH M P Y UW T ER",  # shorter, and does not begin like it
        "T EY B AH L",
    ],
)
def test_words_that_are_the_phrase_or_a_part_of_it_or_nothing_like_it_are_left_out(
    tmp_path: Path, phones: str
) -> None:
    assert decoys([COMPUTER], 1, 9, dictionary(tmp_path, phones, text(COMMUTER))) == [COMMUTER]


def test_what_contains_any_of_its_pronunciations_is_left_out(tmp_path: Path) -> None:
    words = dictionary(tmp_path, text(COMMUTER), text(PERMUTER))
    assert decoys([COMPUTER, COMMUTER], 1, 9, words) == [PERMUTER]


def test_nobody_says_two_words_by_chance_so_nearer_ones_are_the_pair_itself(
    tmp_path: Path,
) -> None:
    words = dictionary(tmp_path, text(COMMUTER), text(PERMUTER))
    assert decoys([COMPUTER], 2, 9, words) == []


def test_a_pronunciation_of_two_words_is_one_decoy(tmp_path: Path) -> None:
    words = dictionary(tmp_path, text(COMMUTER), text(COMMUTER))
    assert decoys([COMPUTER], 1, 9, words) == [COMMUTER]
