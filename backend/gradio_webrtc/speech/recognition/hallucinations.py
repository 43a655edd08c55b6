"""What a recogniser made up rather than heard."""

from __future__ import annotations

from gradio_webrtc.speech.recognition.voice_check import CERTAIN, LIKELY

LEAST_CONFIDENCE = 0.3
"""Geometric mean of the tokens' probabilities. People's speech in a quiet room was never below
0.79, synthetic voices never below 0.37; noise that passed for a voice often is."""
CONFIDENCE_IN_NOISE = 0.5
"""The same where noise may hide a voice or pass for one. Of 3000 noises none came out so as other
words than stand-ins above 0.47; of 62 things said in noise of their own level, or of 5 or 10 dB
less, that the voice detector missed, 37 are let through so, 27 of them exactly right."""
WORDS_A_SECOND = 6.0
"""Nobody speaks faster for long: 360 words a minute."""
_LONGEST_PHRASE = 8
_STAND_INS = frozenset({"you", "thank you", "thank you for watching"})
"""Subtitles of silent scenes, from which such models learn: most noises come out as "You"."""
_LEAST_REPEATS = 3


def believable(
    text: str, confidence: float, seconds: float, *, ended: bool, voice: float = 1.0
) -> str:
    """Return what of ``text`` may have been said; ``""`` for what certainly was not.

    Args:
        text: what was recognised.
        confidence: geometric mean of its tokens' probabilities, 0 to 1.
        seconds: how long the audio is.
        ended: whether the model came to an end by itself.
        voice: how likely there is a voice at all, as ``VoiceCheck`` says it.
    """
    if voice < LIKELY and not (ended and confidence >= CONFIDENCE_IN_NOISE):
        return ""
    if voice < CERTAIN and is_stand_in(text):
        return ""
    if confidence < LEAST_CONFIDENCE or not any(letter.isalnum() for letter in text):
        return ""
    words = text.split()
    if ended and len(words) <= 1 + seconds * WORDS_A_SECOND:
        return text
    return " ".join(_without_loop(words))


def is_stand_in(text: str) -> bool:
    """Whether ``text`` is what models of this kind say where nothing is said.

    Somebody may say so as well: it counts only where it is in doubt whether anybody spoke.
    """
    return any(sign in text for sign in "♪©") or text.strip(" .,!").lower() in _STAND_INS


def _without_loop(words: list[str]) -> list[str]:
    """Return ``words`` with a phrase that is repeated up to the end said once.

    The last time it may be cut short.
    """
    plain = ["".join(letter for letter in word.lower() if letter.isalnum()) for word in words]
    for size in range(1, _LONGEST_PHRASE + 1):
        begin = len(plain)
        while begin - size > 0 and plain[begin - 1 - size] == plain[begin - 1]:
            begin -= 1
        begin -= size
        if begin >= 0 and len(plain) - begin >= _LEAST_REPEATS * size:
            return words[: begin + size]
    return words
