"""What was found, in words and as a diff."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradio_webrtc.migrate.check_python import Checked

GUIDE = "docs/guides/from-fastrtc.md"
_WIDTH = 100


@dataclass
class Totals:
    """How much was found, over all files.

    Attributes:
        files: that were looked at.
        changes: findings with edits.
        notes: findings that a person has to look at.
        problems: files that could not be looked at or written.
    """

    files: int = 0
    changes: int = 0
    notes: int = 0
    problems: int = 0

    def count(self, checked: Checked) -> None:
        """Add what was found in one file."""
        self.files += 1
        sure = sum(finding.sure for finding in checked.findings)
        self.changes += sure
        self.notes += len(checked.findings) - sure


def told(path: Path, checked: Checked) -> Iterator[str]:
    """Yield a line or more for each finding: ``file:line: change|note [rule] text``."""
    for finding in checked.findings:
        kind = "change" if finding.sure else "note"
        yield from textwrap.wrap(
            f"{path}:{finding.line}: {kind} [{finding.rule}] {finding.text}",
            _WIDTH,
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def diff(path: Path, checked: Checked) -> Iterator[str]:
    """Yield the lines of a unified diff, without line ends."""
    before = checked.before.splitlines()
    after = checked.after.splitlines()
    yield from difflib.unified_diff(before, after, str(path), str(path), n=1, lineterm="")


def summary(totals: Totals, *, written: bool) -> Iterator[str]:
    """Yield what came of it all, and what to do next."""
    done = "made" if written else "to make"
    yield (
        f"{_several(totals.files, 'file')} looked at: {_several(totals.changes, 'change')} {done}, "
        f"{_several(totals.notes, 'note')} to read"
        + (f", {_several(totals.problems, 'problem')}." if totals.problems else ".")
    )
    if totals.changes and not written:
        yield "Run it again with --write to make the changes."
    if totals.notes:
        yield (
            f'Notes are explained in the guide "From fastrtc to Gradio 6" ({GUIDE}). Nothing '
            "more is said of a line that ends in the comment  # migrate: ok"
        )


def _several(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
