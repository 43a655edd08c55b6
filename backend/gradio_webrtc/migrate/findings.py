"""What was found in a text: where, what and why, and the edits that are sure to be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edit:
    """Replace the characters from ``start`` up to ``end`` of a text by ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, order=True)
class Finding:
    """One difference at one place.

    Attributes:
        line: of the file, from 1.
        rule: the subject in a word, such as ``"import"``.
        text: what changes and why, or what to look at and what to write instead.
        edits: what makes the change; none where a person has to decide.
    """

    line: int
    rule: str
    text: str
    edits: tuple[Edit, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether it can be rewritten without asking anybody."""
        return bool(self.edits)


class OverlappingEditsError(ValueError):
    """Two edits want the same characters."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with ``edits`` made; the same edit twice is made once.

    Raises:
        OverlappingEditsError: two different edits overlap.
    """
    done = 0
    parts: list[str] = []
    for edit in sorted(set(edits)):
        if edit.start < done:
            raise OverlappingEditsError(f"at character {edit.start}")
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, text[done:]])
