"""The ball as the page shows it: waiting with its eight, shaking, or with an answer."""

from __future__ import annotations

from html import escape
from pathlib import Path

STYLE = f"<style>{Path(__file__).with_name('ball.css').read_text(encoding='utf-8')}</style>"
SHORT = 30  # characters that fit into the die's triangle; more of them get a round one
HINT = "Press Start and ask me something that can be answered with yes or no."


def draw(state: str, heard: str = "", answer: str = "") -> str:
    """Return the HTML of the ball in ``state``: ``eight``, ``thinking`` or ``answer``.

    ``heard`` is the question as far as it is known. Whatever was said or answered stands below
    the ball as well, where it can be read at leisure.
    """
    window = {
        "eight": "8",
        "thinking": "",
        "answer": f"<div class='ball-die'>{escape(answer)}</div>",
    }
    look = f"ball-{state}" + (" ball-long" if len(answer) > SHORT else "")
    words = {"eight": HINT, "thinking": "…", "answer": escape(answer)}[state]
    question = f"“{escape(heard)}”" if heard else ""
    kind = "ball-hint" if state == "eight" else "ball-words"
    return (
        f"<div class='ball-place {look}' data-ball='{state}'>"
        f"<div class='ball' aria-hidden='true'><div class='ball-window'>{window[state]}</div></div>"
        f"<div class='ball-shadow'></div>"
        f"<p class='ball-said ball-question'>{question}</p>"
        f"<p class='ball-said {kind}'>{words}</p></div>"
    )
