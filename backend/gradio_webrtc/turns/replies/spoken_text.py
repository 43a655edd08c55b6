"""What of a text somebody has heard, by how much of the sound that speaks it has been played."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CHARACTERS_A_SECOND = 15.0
"""How fast is spoken what nothing is known of, about 170 words a minute."""
_LEARNT_FROM = 10
"""Characters of a piece from which its pace says something."""
_SLACK_S = 0.03
"""A piece may be played so much shorter than it was made: rates are converted, frames rounded."""

_WORD = re.compile(
    # Where no spaces are between words, each sign is one: kana and ideographs.
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]\W*|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+\s*"
)


@dataclass
class _Piece:
    """Some words, and the sound that speaks them.

    Attributes:
        words: these, with what stands before them in the text.
        at: how many seconds of the reply had been handed over when they were noted.
        seconds: of sound so far; ``None``: nobody says.
        whole: whether that is all of their sound.
    """

    words: str
    at: float
    seconds: float | None
    whole: bool = False


@dataclass
class _Text:
    """What was given to a voice, and how much of it are pieces already."""

    text: str
    pieces: list[_Piece] = field(default_factory=list)
    length: int = 0


@dataclass(frozen=True)
class _Timed:
    words: str
    start: float
    seconds: float


class SpokenText:
    """All that one reply says. Any thread.

    The sound of a piece begins where the sound of the piece before it ends, or with what is handed
    over next, if that is later: other sound may have come in between.

    Args:
        handed_over: returns how many seconds of the reply have been handed over to be played.
    """

    def __init__(self, handed_over: Callable[[], float]) -> None:
        self._handed_over = handed_over
        self._lock = threading.Lock()
        self._texts: list[_Text] = []
        self._final_s: float | None = None
        """How much was handed over, once nothing more is."""

    @property
    def all_text(self) -> str:
        """All that was given to be spoken, as it was given."""
        with self._lock:
            return "".join(gap + given.text for gap, given in self._with_gaps())

    def says(self, text: str) -> Saying:
        """Note that a voice speaks ``text``, and will tell of its pieces."""
        return Saying(self, self._given(text))

    def speaks(self, text: str, seconds: float | None) -> None:
        """Note that what is handed over next speaks ``text``, for so long if that is known."""
        at = self._handed_over()
        given = self._given(text)
        with self._lock:
            given.length = len(text)
            given.pieces = [_Piece(text, at, seconds, whole=seconds is not None)]

    def finish(self) -> None:
        """All sound of what was said last has been handed over."""
        with self._lock:
            timed = self._timed()
            if timed and (last := self._texts[-1]).pieces and last.pieces[-1].seconds is None:
                last.pieces[-1].seconds = max(0.0, self._handed_over_s() - timed[-1].start)
                last.pieces[-1].whole = True

    def close(self) -> None:
        """Nothing more is said or handed over."""
        with self._lock:
            if self._final_s is None:
                self._final_s = self._handed_over()

    def heard(self, seconds: float) -> str:
        """Return what is spoken in the first ``seconds`` of the reply, in whole words.

        Within a piece each word takes as long as it is written, and counts from its half on.
        """
        found = []
        with self._lock:
            timed = self._timed()
        for piece in timed:
            if seconds < piece.start + piece.seconds - _SLACK_S:
                if seconds > piece.start:
                    part = (seconds - piece.start) / piece.seconds
                    found.append(_words_within(piece.words, part))
                break
            found.append(piece.words)
        return "".join(found).strip()

    # -- what a voice tells ------------------------------------------------------------------

    def _piece(self, given: _Text, words: str) -> None:
        at = self._handed_over()
        with self._lock:
            if given.pieces:
                given.pieces[-1].whole = True
            place = given.text.find(words, given.length)
            end = min(max(place, given.length) + len(words), len(given.text))
            given.pieces.append(_Piece(given.text[given.length : end], at, 0.0))
            given.length = end

    def _sound(self, given: _Text, seconds: float) -> None:
        with self._lock:
            if given.pieces:
                last = given.pieces[-1]
                last.seconds = (last.seconds or 0.0) + seconds

    def _done(self, given: _Text) -> None:
        with self._lock:
            if given.pieces:  # what cannot be spoken belongs to the words before it
                given.pieces[-1].whole = True
                given.pieces[-1].words += given.text[given.length :]
                given.length = len(given.text)

    # -- inside ------------------------------------------------------------------------------

    def _given(self, text: str) -> _Text:
        given = _Text(text)
        with self._lock:
            if self._final_s is None:
                self._texts.append(given)
        return given

    def _with_gaps(self) -> Iterator[tuple[str, _Text]]:
        """Yield each text with what separates it from the one before."""
        before = " "
        for given in self._texts:
            if given.text:
                touching = not (before[-1].isspace() or given.text[0].isspace())
                yield " " if touching else "", given
                before = given.text

    def _timed(self) -> list[_Timed]:
        """Return all pieces with where their sound is, in seconds of the reply."""
        pieces = [
            (gap * (piece is given.pieces[0]) + piece.words, piece)
            for gap, given in self._with_gaps()
            for piece in given.pieces
        ]
        timed: list[_Timed] = []
        end, characters, spoken_s = 0.0, 0, 0.0
        for index, (words, piece) in enumerate(pieces):
            start, seconds = max(end, piece.at), piece.seconds
            if seconds is None and index + 1 < len(pieces):
                seconds = max(0.0, pieces[index + 1][1].at - start)
                characters, spoken_s = characters + len(words), spoken_s + seconds
            elif not piece.whole:
                pace = characters / spoken_s if spoken_s else CHARACTERS_A_SECOND
                least = self._handed_over_s() - start if seconds is None else seconds
                seconds = max(least, len(words) / pace)
            elif seconds and len(words) >= _LEARNT_FROM:
                characters, spoken_s = characters + len(words), spoken_s + seconds
            timed.append(_Timed(words, start, seconds or 0.0))
            end = start + (seconds or 0.0)
        return timed

    def _handed_over_s(self) -> float:
        return self._handed_over() if self._final_s is None else self._final_s


class Saying:
    """A text while a voice speaks it; implements ``speech.speech_notes.Saying``."""

    def __init__(self, spoken: SpokenText, given: _Text) -> None:
        self._spoken = spoken
        self._given = given

    def piece(self, words: str) -> None:
        """The sound that follows speaks ``words``, which come next in the text."""
        self._spoken._piece(self._given, words)

    def sound(self, seconds: float) -> None:
        """So much sound of the piece is handed to whoever asked for it."""
        self._spoken._sound(self._given, seconds)

    def done(self) -> None:
        """The whole text has been spoken."""
        self._spoken._done(self._given)


def _words_within(text: str, part: float) -> str:
    """Return the words of which at least half lies within the first ``part``, 0 to 1, of a text."""
    words = list(_WORD.finditer(text))
    spoken = part * sum(len(word[0]) for word in words)
    end = 0
    for word in words:
        spoken -= len(word[0]) / 2
        if spoken < 0:
            break
        spoken -= len(word[0]) / 2
        end = word.end()
    return text[:end]
