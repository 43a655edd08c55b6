"""Values that nobody sane sends."""

from __future__ import annotations

import random

from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def damaged(text: str, seed: int, edits: int) -> str:
    """Return ``text`` with characters replaced, and spans cut out and doubled."""
    dice = random.Random(seed)
    for _ in range(edits):
        start = dice.randrange(len(text))
        end = start + dice.choice([1, 1, 1, 5, 40])
        new = dice.choice(
            ["", chr(dice.randrange(0x2100)), text[start:end] * 2, "-1", "99999999999"]
        )
        text = text[:start] + new + text[end:]
    return text
