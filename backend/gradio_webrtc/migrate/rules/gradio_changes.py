"""What Gradio 6 changed: a table of keywords and of names.

Source: Gradio's own "Gradio 6 Migration Guide", and the signatures of 6.31 and 5.49. The keywords
that are marked ``moved`` still work with a warning; all others raise ``TypeError``.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY = "any value"


@dataclass(frozen=True)
class Change:
    """What becomes of a keyword that has a certain value.

    Attributes:
        value: the constant it applies to, or `ANY`.
        text: what changed.
        action: ``"remove"``, ``"rename"``, ``"replace"``, or ``"tell"`` where a person decides.
        new: the new name, or the whole new ``name=value``.
    """

    value: str | bool
    text: str
    action: str = "tell"
    new: str = ""


def _told(text: str) -> tuple[Change, ...]:
    return (Change(ANY, text),)


_MESSAGES = (
    Change("messages", 'Gradio 6 has no type=: "messages" is the only format.', "remove"),
    Change(ANY, "Gradio 6 takes messages only, dicts with role and content; pairs are gone."),
)
_SHOW_API = (
    Change(True, "Gradio 6 has no show_api=; this is the default.", "remove"),
    Change(
        False,
        'show_api=False is api_visibility="undocumented" in Gradio 6.',
        "replace",
        'api_visibility="undocumented"',
    ),
    Change(ANY, 'show_api= is api_visibility="public" or "undocumented" in Gradio 6.'),
)
_API_NAME = (
    Change(
        False,
        'api_name=False is api_visibility="private" in Gradio 6.',
        "replace",
        'api_visibility="private"',
    ),
)
_LAUNCH_SHOW_API = (
    Change(True, "launch() has no show_api= in Gradio 6; this is the default.", "remove"),
    Change(
        False,
        "launch(show_api=False) is footer_links= without the API in Gradio 6.",
        "replace",
        'footer_links=["gradio", "settings"]',
    ),
    Change(ANY, "launch(show_api=) is footer_links= in Gradio 6."),
)
_BUTTON = 'Gradio 6 has one buttons= for this: a list such as ["copy", "share", "download"].'
_WEBCAM = "Gradio 6: webcam_options=gr.WebcamOptions(mirror=..., constraints=...)."
_MOVED = "moved from gr.Blocks() to launch() and gr.mount_gradio_app(); here it only warns."

KEYWORDS: dict[tuple[str, str], tuple[Change, ...]] = {
    ("Chatbot", "type"): _MESSAGES,
    ("ChatInterface", "type"): _MESSAGES,
    ("Chatbot", "bubble_full_width"): (
        Change(ANY, "bubble_full_width= had no effect any more and is gone.", "remove"),
    ),
    ("Chatbot", "resizeable"): (
        Change(ANY, "resizeable= is spelled resizable=.", "rename", "resizable"),
    ),
    ("ImageEditor", "crop_size"): (
        Change(ANY, "crop_size= is called canvas_size=.", "rename", "canvas_size"),
    ),
    ("Dataframe", "col_count"): _told("col_count= is column_count= and column_limits=."),
    ("queue", "concurrency_count"): _told("concurrency_count= is default_concurrency_limit=."),
    ("launch", "show_api"): _LAUNCH_SHOW_API,
    ("*", "show_api"): _SHOW_API,
    ("*", "api_name"): _API_NAME,
    ("*", "mirror_webcam"): _told(_WEBCAM),
    ("*", "webcam_constraints"): _told(_WEBCAM),
    **{
        ("*", f"show_{button}_button"): _told(_BUTTON)
        for button in ("copy", "copy_all", "share", "download", "fullscreen")
    },
    **{
        (owner, option): _told(f"{option}= {_MOVED}")
        for owner in ("Blocks", "Interface", "ChatInterface")
        for option in ("theme", "css", "css_paths", "js", "head", "head_paths")
    },
}
"""Changes by ``(class, function or method, keyword)``; ``"*"`` is any that lacks the keyword."""

NAMES = {
    "LogoutButton": "gr.LoginButton does both",
    "wasm_utils": "Gradio-lite is no part of it any more; leave the check out",
    "make_waveform": "gr.Audio draws it",
    "Variable": "gr.State",
    "Box": "gr.Group",
}
"""What replaces names that Gradio has no more, where there is something to say."""
