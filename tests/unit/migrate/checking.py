"""Programs in, findings and rewritten programs out."""

from __future__ import annotations

from textwrap import dedent

from gradio_webrtc.migrate.check_python import Checked, check_python
from gradio_webrtc.migrate.installed import InstalledPackages

INSTALLED = InstalledPackages()


def check(program: str, **options: set[str]) -> Checked:
    return check_python(dedent(program), INSTALLED, **options)


def rewritten(program: str) -> str:
    """Return the program with everything that is sure; a second run finds nothing more."""
    after = check(program).after
    assert check(after).after == after
    return after


def rules(program: str, **options: set[str]) -> list[tuple[int, str, bool]]:
    """Return line, rule, and whether it is sure, of each finding."""
    found = check(program, **options).findings
    return [(finding.line, finding.rule, finding.sure) for finding in found]


def one(program: str, rule: str, **options: set[str]) -> str:
    """Return the text of the one finding of a rule."""
    (found,) = [f for f in check(program, **options).findings if f.rule == rule]
    return found.text
