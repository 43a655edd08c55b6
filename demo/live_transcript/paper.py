"""The sheet on which the transcript is written."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = """<style>
.sheet { display: flex; flex-direction: column-reverse; height: 21rem; overflow-y: auto;
  padding: 1rem 1.2rem; border: 1px solid var(--border-color-primary);
  border-radius: var(--radius-lg); background: var(--input-background-fill);
  color: var(--body-text-color); font-size: 1.15rem; line-height: 1.55; }
.sheet > div { margin: 0 0 auto !important; overflow-wrap: anywhere; }
.sheet p { margin: 0 0 .6rem; color: inherit; font-size: inherit; }
.sheet .now { border-left: 3px solid var(--color-accent); padding-left: .6rem; }
.sheet .tentative, .sheet .hint { opacity: .65; }
</style>"""


def page(lines: Sequence[str], committed: str = "", tentative: str = "") -> str:
    """Return the sheet as HTML: finished lines, and the one that is being said."""
    written = "".join(f"<p>{escape(line)}</p>" for line in lines)
    if committed or tentative:
        grey = f"<span class='tentative'>{escape(tentative)}</span>"
        written += f"<p class='now'>{escape(committed)} {grey}</p>"
    hint = "<p class='hint'>Nothing said yet.</p>"
    # Turned around, a sheet that is too long shows its end without a script.
    return f"{STYLE}<div class='sheet' role='log' tabindex='0'><div>{written or hint}</div></div>"


EMPTY = page([])
