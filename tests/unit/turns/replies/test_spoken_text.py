"""What of a reply's text has been heard, by seconds."""

from __future__ import annotations

import pytest

from gradio_webrtc.turns.replies.spoken_text import CHARACTERS_A_SECOND, SpokenText


class Replying:
    """A reply whose author hands over what the test says."""

    def __init__(self) -> None:
        self.given_s = 0.0
        self.spoken = SpokenText(lambda: self.given_s)

    def says(self, text: str, *pieces: tuple[str, float], done: bool = True) -> None:
        """A voice speaks ``text``; each of its pieces is handed over at once."""
        saying = self.spoken.says(text)
        for words, seconds in pieces:
            saying.piece(words)
            saying.sound(seconds)
            self.given_s += seconds
        if done:
            saying.done()

    def heard(self, *moments: float) -> list[str]:
        return [self.spoken.heard(moment) for moment in moments]


def test_each_word_takes_as_long_as_it_is_written_and_counts_from_its_half_on() -> None:
    reply = Replying()
    reply.says("aaaa bb cccc", ("aaaa bb cccc", 1.2))
    assert reply.heard(0.0, 0.24, 0.26, 0.64, 0.66, 0.99) == [
        "", "", "aaaa", "aaaa", "aaaa bb", "aaaa bb",
    ]  # fmt: skip
    assert set(reply.heard(1.01, 1.2, 9.9)) == {"aaaa bb cccc"}


def test_pieces_follow_each_other_with_what_stands_between_them() -> None:
    reply = Replying()
    reply.says("Well,\n\nfine.  Go!", ("Well,", 1.0), ("fine.", 1.0), ("Go!", 1.0))
    assert reply.heard(0.99, 1.4, 1.6, 2.2, 2.9) == [
        "Well,", "Well,", "Well,\n\nfine.", "Well,\n\nfine.", "Well,\n\nfine.  Go!",
    ]  # fmt: skip


def test_a_piece_may_be_played_a_little_shorter_than_it_was_made() -> None:
    reply = Replying()
    reply.says("One two.", ("One two.", 1.0))
    reply.says("Three.", ("Three.", 1.0))
    assert reply.heard(0.98) == ["One two."]
    assert reply.heard(1.98) == ["One two. Three."]


def test_texts_are_joined_by_a_space_where_there_is_none() -> None:
    reply = Replying()
    for text in ("One.", "", " two", "\nthree", "four"):
        reply.says(text, *[(text.strip(), 1.0)] * bool(text))
    assert reply.spoken.all_text == "One. two\nthree four"
    assert reply.heard(9.0) == ["One. two\nthree four"]


def test_what_cannot_be_spoken_is_heard_with_the_words_before_it() -> None:
    reply = Replying()
    reply.says("Hm … 🎉!? Yes. (…)", ("Hm …", 1.0), ("Yes.", 1.0))
    assert reply.heard(0.98, 1.98) == ["Hm …", "Hm … 🎉!? Yes. (…)"]
    reply.says("...")
    assert reply.heard(9.0) == ["Hm … 🎉!? Yes. (…)"]
    assert reply.spoken.all_text == "Hm … 🎉!? Yes. (…) ..."


def test_other_sound_before_and_between_is_no_word() -> None:
    reply = Replying()
    reply.given_s += 0.5  # a chime
    reply.says("one two", ("one two", 1.0))
    reply.given_s += 2.0  # music
    reply.says("three", ("three", 1.0))
    assert reply.heard(0.5, 1.5, 3.4, 3.9, 4.2) == [
        "", "one two", "one two", "one two", "one two three",
    ]  # fmt: skip


def test_a_voice_may_run_ahead_of_what_is_handed_over() -> None:
    reply = Replying()
    first, second = reply.spoken.says("one."), reply.spoken.says("two. three.")
    first.piece("one.")
    second.piece("two.")
    second.sound(1.0)
    first.sound(1.0)
    first.done()
    reply.given_s = 1.0
    second.piece("three.")
    second.sound(1.0)
    second.done()
    assert reply.heard(1.0, 2.0, 3.0) == ["one.", "one. two.", "one. two. three."]


def test_a_piece_whose_sound_is_still_made_is_judged_by_the_pace_of_the_others() -> None:
    reply = Replying()
    reply.says("0123456789", ("0123456789", 2.0))
    saying = reply.spoken.says("aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd")
    saying.piece("aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd")
    saying.sound(0.5)
    assert reply.heard(2.5, 4.1, 6.1) == [
        "0123456789", "0123456789 aaaaaaaaa", "0123456789 aaaaaaaaa bbbbbbbbb",
    ]  # fmt: skip
    saying.sound(3.5)
    saying.done()
    assert reply.heard(4.1) == ["0123456789 aaaaaaaaa bbbbbbbbb"]


def test_what_another_voice_speaks_lasts_until_the_next_text() -> None:
    reply = Replying()
    reply.spoken.speaks("one two", None)
    reply.given_s = 4.0
    reply.spoken.speaks("three four", 2.0)
    assert reply.heard(2.2, 3.9, 5.4, 5.9) == [
        "one", "one two", "one two three", "one two three four",
    ]  # fmt: skip


def test_while_another_voice_speaks_its_words_are_judged_by_their_number() -> None:
    reply = Replying()
    words = " ".join(["words"] * 15)
    reply.spoken.speaks(words, None)
    reply.given_s = 1.0
    # 89 characters, six seconds.
    assert reply.heard(0.9) == ["words words"]
    assert len(words) / CHARACTERS_A_SECOND == pytest.approx(6, abs=0.1)
    reply.given_s = 3.0
    reply.spoken.finish()
    assert reply.heard(1.55) == ["words words words words words words words words"]
    assert reply.heard(3.0) == [words]


def test_without_spaces_each_sign_is_a_word() -> None:
    reply = Replying()
    reply.says("你好世界。", ("你好世界。", 1.0))
    assert reply.heard(0.45) == ["你好"]


def test_after_its_end_nothing_is_said() -> None:
    reply = Replying()
    saying = reply.spoken.says("one two")
    saying.piece("one two")
    saying.sound(1.0)
    reply.given_s = 1.0
    reply.spoken.close()
    reply.given_s = 99.0
    reply.says("three", ("three", 1.0))
    reply.spoken.speaks("four", None)
    assert reply.spoken.all_text == "one two"
    assert reply.heard(99.0) == ["one two"]


def test_a_voice_that_tells_wrongly_does_no_harm() -> None:
    reply = Replying()
    saying = reply.spoken.says("short")
    saying.sound(1.0)
    saying.piece("something else that is longer")
    saying.sound(1.0)
    saying.piece("and more")
    saying.sound(0.0)
    saying.done()
    assert reply.heard(2.0) == ["short"]
    assert reply.spoken.all_text == "short"
